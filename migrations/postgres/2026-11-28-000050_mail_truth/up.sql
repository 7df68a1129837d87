-- Who reads a letter (one person, however many matters), whether the desk sends it by itself, the digest that carries it,
-- the recipient's mail domain, and what was heard of it after the server took it (or that staff told it instead).
ALTER TABLE outbox ADD COLUMN reader TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN by_desk BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE outbox ADD COLUMN digest TEXT;
ALTER TABLE outbox ADD COLUMN domain TEXT;
ALTER TABLE outbox ADD COLUMN receipt TEXT CHECK (receipt IN ('delivered', 'relayed', 'delayed', 'phone', 'wechat'));
ALTER TABLE outbox ADD COLUMN receipt_at TIMESTAMP;
UPDATE outbox SET reader = CASE
  WHEN account IS NOT NULL THEN 'account:' || account
  WHEN expert IS NOT NULL THEN 'expert:' || expert
  WHEN need IS NOT NULL THEN 'need:' || need
  ELSE '' END;
CREATE INDEX outbox_reader ON outbox (reader, accepted_at);
CREATE INDEX outbox_digest ON outbox (digest) WHERE digest IS NOT NULL;

-- A task nobody acts on is told to more and more people.
CREATE TABLE escalations (
  task TEXT NOT NULL PRIMARY KEY REFERENCES tasks (id),
  step INTEGER NOT NULL,
  next_at TIMESTAMP NOT NULL
);
CREATE INDEX escalations_next ON escalations (next_at);

-- The mail worker's own state, shared by all nodes: an alarm, when a mailbox was last read.
CREATE TABLE mail_state (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL,
  at TIMESTAMP NOT NULL
);

-- Mail that came in, by its Message-ID, so that none is dealt with twice. Its text is not kept.
CREATE TABLE received_mail (
  key TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  outbox TEXT REFERENCES outbox (id),
  received_at TIMESTAMP NOT NULL
);
CREATE INDEX received_mail_at ON received_mail (received_at);
