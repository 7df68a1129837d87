-- Conduct by stages: who was told when, the hearing, the decision told, the appeal; papers filed back; what was passed to
-- an authority (移送). Standing gets a history: who, when, why. Incidents get words and a finding.
ALTER TABLE conduct_cases ADD COLUMN stage TEXT NOT NULL DEFAULT 'deciding' CHECK (stage IN ('notice', 'hearing', 'deciding', 'decided', 'appealable', 'appealed', 'final'));
ALTER TABLE conduct_cases ADD COLUMN next_due_at TIMESTAMP;
ALTER TABLE conduct_cases ADD COLUMN statement_days INTEGER NOT NULL DEFAULT 5;
ALTER TABLE conduct_cases ADD COLUMN appeal_days INTEGER NOT NULL DEFAULT 10;
ALTER TABLE conduct_cases ADD COLUMN told_at TIMESTAMP;
ALTER TABLE conduct_cases ADD COLUMN statement_due_at TIMESTAMP;
ALTER TABLE conduct_cases ADD COLUMN evidence_sha256 TEXT NOT NULL DEFAULT '';
ALTER TABLE conduct_cases ADD COLUMN early BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE conduct_cases ADD COLUMN decision_told_at TIMESTAMP;
ALTER TABLE conduct_cases ADD COLUMN appeal_due_at TIMESTAMP;
ALTER TABLE conduct_cases ADD COLUMN appeal_outcome TEXT CHECK (appeal_outcome IN ('upheld', 'overturned'));
ALTER TABLE conduct_cases ADD COLUMN appeal_reason TEXT;
ALTER TABLE conduct_cases ADD COLUMN appeal_decided_by TEXT;
ALTER TABLE conduct_cases ADD COLUMN appeal_decided_at TIMESTAMP;
UPDATE conduct_cases SET stage = 'final' WHERE state = 'decided';
CREATE INDEX conduct_cases_due ON conduct_cases (next_due_at) WHERE next_due_at IS NOT NULL;
CREATE INDEX conduct_cases_stage ON conduct_cases (stage, opened_at);

-- What the expert said: the statement and the appeal, each as often as it was added to.
CREATE TABLE case_statements (
  id TEXT NOT NULL PRIMARY KEY,
  conduct_case TEXT NOT NULL REFERENCES conduct_cases (id),
  kind TEXT NOT NULL CHECK (kind IN ('statement', 'appeal')),
  words TEXT NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('link', 'staff')),
  entered_by TEXT REFERENCES accounts (id),
  at TIMESTAMP NOT NULL
);
CREATE INDEX case_statements_case ON case_statements (conduct_case, at);

-- Papers of a case: sealed letters scanned, the expert's own papers, the signed withdrawal.
CREATE TABLE case_papers (
  id TEXT NOT NULL PRIMARY KEY,
  conduct_case TEXT NOT NULL REFERENCES conduct_cases (id),
  kind TEXT NOT NULL CHECK (kind IN ('notice', 'decision', 'appeal-decision', 'withdrawal', 'evidence')),
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  content BLOB NOT NULL,
  added_by TEXT REFERENCES accounts (id),
  added_at TIMESTAMP NOT NULL
);
CREATE INDEX case_papers_case ON case_papers (conduct_case, added_at);

-- 移送: what was passed on to which authority, on which day.
CREATE TABLE case_transfers (
  id TEXT NOT NULL PRIMARY KEY,
  conduct_case TEXT NOT NULL REFERENCES conduct_cases (id),
  authority TEXT NOT NULL,
  on_day DATE NOT NULL,
  reference TEXT,
  entered_by TEXT REFERENCES accounts (id),
  entered_at TIMESTAMP NOT NULL
);
CREATE INDEX case_transfers_case ON case_transfers (conduct_case);

-- How each expert came to stand as they stand: one row a step.
CREATE TABLE standing_history (
  expert TEXT NOT NULL REFERENCES experts (id),
  nth INTEGER NOT NULL,
  from_standing TEXT NOT NULL,
  to_standing TEXT NOT NULL,
  deed TEXT NOT NULL,
  at TIMESTAMP NOT NULL,
  actor TEXT NOT NULL,
  conduct_case TEXT REFERENCES conduct_cases (id),
  why TEXT,
  PRIMARY KEY (expert, nth)
);

-- A complaint is somebody's words until a manager has looked into it.
ALTER TABLE incidents ADD COLUMN note TEXT;
ALTER TABLE incidents ADD COLUMN entered_by TEXT;
ALTER TABLE incidents ADD COLUMN finding TEXT CHECK (finding IN ('proven', 'unfounded'));
ALTER TABLE incidents ADD COLUMN finding_note TEXT;
ALTER TABLE incidents ADD COLUMN found_by TEXT;
ALTER TABLE incidents ADD COLUMN found_at TIMESTAMP;
CREATE INDEX incidents_open ON incidents (happened_at) WHERE finding IS NULL AND withdrawn_at IS NULL;
