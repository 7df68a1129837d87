-- Conflicts of interest: what was declared, what a manager waived with a reason, and who asked whether somebody conflicts.

CREATE TABLE relations (
  id TEXT NOT NULL PRIMARY KEY,
  expert TEXT NOT NULL REFERENCES experts (id),
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('employment', 'ownership', 'family', 'advisory', 'adversary', 'other')),
  declared_by TEXT NOT NULL CHECK (declared_by IN ('expert', 'staff')),
  entered_by TEXT NOT NULL REFERENCES accounts (id),
  note TEXT,
  declared_at TIMESTAMP NOT NULL,
  ended_at TIMESTAMP
);
CREATE INDEX relations_expert ON relations (expert);

CREATE TABLE waivers (
  id TEXT NOT NULL PRIMARY KEY,
  need TEXT NOT NULL REFERENCES needs (id),
  expert TEXT NOT NULL REFERENCES experts (id),
  rule TEXT NOT NULL,
  reason TEXT NOT NULL,
  granted_by TEXT NOT NULL REFERENCES accounts (id),
  granted_at TIMESTAMP NOT NULL,
  UNIQUE (need, expert)
);

-- No names: neither whose clients were asked for nor by which words.
CREATE TABLE conflict_checks (
  id TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL REFERENCES accounts (id),
  expert TEXT NOT NULL REFERENCES experts (id),
  verdict TEXT NOT NULL CHECK (verdict IN ('yes', 'no', 'ask-manager')),
  asked_at TIMESTAMP NOT NULL
);
CREATE INDEX conflict_checks_account ON conflict_checks (account, asked_at);
