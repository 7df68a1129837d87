-- How to reach people is sealed at rest. An expert's address and telephone number leave the register for a table of
-- their own, under a key of that person's own; what stays behind are blind marks to find by. Values that stand in the
-- clear are sealed by the program right after this migration: SQL has no key.
ALTER TABLE experts RENAME COLUMN email TO email_mark;
ALTER TABLE experts RENAME COLUMN phone TO phone_mark;
CREATE INDEX experts_phone_mark ON experts (phone_mark) WHERE phone_mark IS NOT NULL;

CREATE TABLE expert_contacts (
  expert TEXT NOT NULL PRIMARY KEY REFERENCES experts (id),
  -- The person's own key, sealed under the office's ring. Destroyed when the person is erased.
  data_key BLOB,
  email BLOB,
  phone BLOB,
  -- The mark of the last four digits.
  tail_mark TEXT,
  erased_at TIMESTAMP
);
CREATE INDEX expert_contacts_tail ON expert_contacts (tail_mark) WHERE tail_mark IS NOT NULL;

-- What was sealed once and for all: a table named here holds no value in the clear.
CREATE TABLE sealings (
  what TEXT NOT NULL PRIMARY KEY,
  done_at TIMESTAMP NOT NULL
);
