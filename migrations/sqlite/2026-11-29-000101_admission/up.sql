-- Admission: papers of experts with their days, applications and their reviews, the expert's own way in, and a change of
-- mail address that the old address may object to.

ALTER TABLE qualifications ADD COLUMN level TEXT;
ALTER TABLE qualifications ADD COLUMN issued_on DATE;
-- When the next notice before the end is due; nothing once the last was given.
ALTER TABLE qualifications ADD COLUMN notice_at TIMESTAMP;
UPDATE qualifications SET notice_at = strftime('%Y-%m-%d 01:00:00', valid_until, '-60 days') WHERE valid_until IS NOT NULL;
CREATE INDEX qualifications_notice ON qualifications (notice_at) WHERE notice_at IS NOT NULL;
CREATE INDEX qualifications_until ON qualifications (valid_until) WHERE valid_until IS NOT NULL;

CREATE TABLE documents (
  id TEXT NOT NULL PRIMARY KEY,
  expert TEXT NOT NULL REFERENCES experts (id),
  kind TEXT NOT NULL CHECK (kind IN ('recommendation', 'consent', 'pledge', 'certificate', 'proof')),
  name TEXT NOT NULL,
  number TEXT,
  level TEXT,
  issued_on DATE,
  valid_until DATE,
  supports BOOLEAN NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('handed-in', 'accepted', 'refused')),
  note TEXT,
  file_name TEXT,
  media_type TEXT,
  size BIGINT,
  sha256 TEXT,
  -- The file, sealed under the office's key and bound to the row.
  sealed BLOB,
  added_by TEXT REFERENCES accounts (id),
  added_at TIMESTAMP NOT NULL,
  decided_by TEXT REFERENCES accounts (id),
  decided_at TIMESTAMP,
  notice_at TIMESTAMP
);
CREATE INDEX documents_expert ON documents (expert, added_at);
CREATE INDEX documents_waiting ON documents (added_at) WHERE state = 'handed-in';
CREATE INDEX documents_notice ON documents (notice_at) WHERE notice_at IS NOT NULL;
CREATE INDEX documents_until ON documents (valid_until) WHERE valid_until IS NOT NULL;

CREATE TABLE applications (
  id TEXT NOT NULL PRIMARY KEY,
  expert TEXT NOT NULL REFERENCES experts (id),
  channel TEXT NOT NULL CHECK (channel IN ('page', 'staff', 'sheet')),
  consent TEXT,
  made_at TIMESTAMP NOT NULL
);
CREATE INDEX applications_expert ON applications (expert, made_at);

CREATE TABLE reviews (
  id TEXT NOT NULL PRIMARY KEY,
  expert TEXT NOT NULL REFERENCES experts (id),
  decision TEXT NOT NULL CHECK (decision IN ('admit', 'more', 'refuse')),
  reason TEXT NOT NULL,
  findings TEXT NOT NULL CHECK (json_valid(findings)),
  decided_by TEXT REFERENCES accounts (id),
  decided_at TIMESTAMP NOT NULL
);
CREATE INDEX reviews_expert ON reviews (expert, decided_at);

CREATE TABLE email_changes (
  id TEXT NOT NULL PRIMARY KEY,
  expert TEXT NOT NULL REFERENCES experts (id),
  -- The new address, sealed and bound to the row.
  sealed BLOB NOT NULL,
  asked_at TIMESTAMP NOT NULL,
  confirmed_at TIMESTAMP,
  due_at TIMESTAMP,
  ended_at TIMESTAMP,
  outcome TEXT CHECK (outcome IN ('applied', 'objected', 'dropped'))
);
CREATE INDEX email_changes_due ON email_changes (due_at) WHERE ended_at IS NULL AND due_at IS NOT NULL;
CREATE UNIQUE INDEX email_changes_one_open ON email_changes (expert) WHERE ended_at IS NULL;

CREATE TABLE expert_links (
  hash TEXT NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('enter', 'email-confirm', 'email-object')),
  expert TEXT NOT NULL REFERENCES experts (id),
  email_change TEXT REFERENCES email_changes (id),
  expires_at TIMESTAMP NOT NULL,
  used_at TIMESTAMP
);
CREATE INDEX expert_links_expert ON expert_links (expert);

-- What an expert sets about being asked, beside the caps on the record.
CREATE TABLE expert_terms (
  expert TEXT NOT NULL PRIMARY KEY REFERENCES experts (id),
  weekly_hours INTEGER,
  regions TEXT NOT NULL CHECK (json_valid(regions)),
  updated_at TIMESTAMP NOT NULL
);

-- A session may belong to an expert, who has no account.
ALTER TABLE sessions ADD COLUMN expert TEXT;
CREATE INDEX sessions_expert ON sessions (expert) WHERE expert IS NOT NULL;
