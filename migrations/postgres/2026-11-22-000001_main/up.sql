-- The spine of one need: registry, need, offer, answer, letters, feedback, rating, conduct, evidence.
-- Instants are UTC and bound by the program, never by the database. Ids are UUIDv7 text. Lists are JSON text.

CREATE TABLE schema_floor (
  only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
  oldest_binary TEXT NOT NULL
);
INSERT INTO schema_floor (only_row, oldest_binary) VALUES (1, '0.1.0');

CREATE TABLE regions (
  code TEXT NOT NULL PRIMARY KEY,
  parent TEXT REFERENCES regions (code),
  name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  lat DOUBLE PRECISION NOT NULL,
  lon DOUBLE PRECISION NOT NULL,
  industries TEXT NOT NULL CHECK (industries::json IS NOT NULL)
);

CREATE TABLE stations (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  region TEXT NOT NULL REFERENCES regions (code),
  address TEXT NOT NULL,
  phone TEXT NOT NULL,
  supervision_phone TEXT NOT NULL,
  lat DOUBLE PRECISION,
  lon DOUBLE PRECISION,
  automatic BOOLEAN NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX stations_region ON stations (region);

CREATE TABLE accounts (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  role TEXT NOT NULL CHECK (role IN ('liaison', 'manager', 'admin', 'auditor')),
  name TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE,
  phone TEXT,
  password_hash TEXT,
  station TEXT REFERENCES stations (id),
  region TEXT REFERENCES regions (code),
  head BOOLEAN NOT NULL,
  on_leave_until DATE,
  language TEXT NOT NULL CHECK (language IN ('zh', 'en')),
  totp_secret BYTEA,
  totp_last_step BIGINT,
  disabled_at TIMESTAMP,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX accounts_station ON accounts (station);

CREATE TABLE account_links (
  hash TEXT NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('first-administrator', 'password-reset')),
  account TEXT REFERENCES accounts (id),
  expires_at TIMESTAMP NOT NULL,
  used_at TIMESTAMP
);

CREATE TABLE sessions (
  hash TEXT NOT NULL PRIMARY KEY,
  account TEXT REFERENCES accounts (id),
  csrf TEXT NOT NULL,
  awaiting_totp BOOLEAN NOT NULL,
  created_at TIMESTAMP NOT NULL,
  seen_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL
);
CREATE INDEX sessions_account ON sessions (account);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  account TEXT NOT NULL REFERENCES accounts (id),
  hash TEXT NOT NULL UNIQUE,
  label TEXT NOT NULL,
  scopes TEXT NOT NULL CHECK (scopes::json IS NOT NULL),
  created_at TIMESTAMP NOT NULL,
  revoked_at TIMESTAMP
);

CREATE TABLE experts (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  firm TEXT NOT NULL,
  firm_key TEXT NOT NULL,
  firm_type TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE,
  phone TEXT,
  region TEXT NOT NULL REFERENCES regions (code),
  lat DOUBLE PRECISION,
  lon DOUBLE PRECISION,
  years INTEGER NOT NULL,
  bio TEXT NOT NULL,
  services TEXT NOT NULL CHECK (services::json IS NOT NULL),
  industries TEXT NOT NULL CHECK (industries::json IS NOT NULL),
  languages TEXT NOT NULL CHECK (languages::json IS NOT NULL),
  modes TEXT NOT NULL CHECK (modes::json IS NOT NULL),
  max_distance_km INTEGER,
  monthly_cap INTEGER NOT NULL,
  open_cap INTEGER NOT NULL,
  standing TEXT NOT NULL CHECK (standing IN ('applied', 'reviewing', 'active', 'paused', 'suspended', 'withdrawn', 'removed')),
  standing_why TEXT,
  filed_number TEXT UNIQUE,
  language TEXT NOT NULL CHECK (language IN ('zh', 'en')),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  version INTEGER NOT NULL
);
CREATE INDEX experts_standing ON experts (standing);
CREATE INDEX experts_region ON experts (region);

CREATE TABLE qualifications (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  expert TEXT NOT NULL REFERENCES experts (id),
  kind TEXT NOT NULL,
  number TEXT,
  valid_until DATE
);
CREATE INDEX qualifications_expert ON qualifications (expert);

CREATE TABLE leaves (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  expert TEXT NOT NULL REFERENCES experts (id),
  from_on DATE NOT NULL,
  to_on DATE NOT NULL,
  reason TEXT
);
CREATE INDEX leaves_expert ON leaves (expert);

CREATE TABLE enterprises (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  uscc TEXT UNIQUE,
  region TEXT NOT NULL REFERENCES regions (code),
  created_at TIMESTAMP NOT NULL
);

CREATE TABLE needs (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('open', 'offering', 'unanswered', 'accepted', 'served', 'closed', 'retracted')),
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  enterprise TEXT NOT NULL REFERENCES enterprises (id),
  contact_name TEXT NOT NULL,
  contact_phone TEXT,
  contact_email TEXT,
  consent TEXT,
  station TEXT NOT NULL REFERENCES stations (id),
  owner TEXT NOT NULL REFERENCES accounts (id),
  services TEXT NOT NULL CHECK (services::json IS NOT NULL),
  industries TEXT NOT NULL CHECK (industries::json IS NOT NULL),
  region TEXT NOT NULL REFERENCES regions (code),
  lat DOUBLE PRECISION,
  lon DOUBLE PRECISION,
  mode TEXT NOT NULL CHECK (mode IN ('online', 'station', 'onsite', 'phone', 'training')),
  form TEXT NOT NULL CHECK (form IN ('consultation', 'one-on-one', 'training', 'duty', 'event')),
  language TEXT NOT NULL,
  urgency TEXT NOT NULL CHECK (urgency IN ('normal', 'urgent')),
  wanted_by DATE,
  expected_hours INTEGER,
  confidential BOOLEAN NOT NULL,
  opposing_party TEXT,
  opposing_agent TEXT,
  automatic BOOLEAN NOT NULL,
  created_by TEXT NOT NULL REFERENCES accounts (id),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE INDEX needs_station_state ON needs (station, state, created_at);
CREATE INDEX needs_owner_state ON needs (owner, state);
CREATE INDEX needs_region_created ON needs (region, created_at);
CREATE INDEX needs_region_state ON needs (region, state, created_at);
CREATE INDEX needs_state_created ON needs (state, created_at);
CREATE INDEX needs_created ON needs (created_at);
CREATE INDEX needs_enterprise ON needs (enterprise, created_at);

CREATE TABLE seats (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  need TEXT NOT NULL REFERENCES needs (id),
  position INTEGER NOT NULL,
  specialty TEXT,
  state TEXT NOT NULL CHECK (state IN ('free', 'offered', 'taken', 'done')),
  UNIQUE (need, position)
);

CREATE TABLE reserves (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  seat TEXT NOT NULL REFERENCES seats (id),
  expert TEXT NOT NULL REFERENCES experts (id),
  position INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'asked', 'skipped')),
  why TEXT,
  UNIQUE (seat, position)
);

CREATE TABLE assignments (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  need TEXT NOT NULL REFERENCES needs (id),
  seat TEXT NOT NULL REFERENCES seats (id),
  expert TEXT NOT NULL REFERENCES experts (id),
  round INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('offered', 'accepted', 'declined', 'lapsed', 'undelivered', 'void', 'released', 'done')),
  rule TEXT NOT NULL CHECK (rule IN ('civil-code', 'calendar-days', 'working-days', 'hours-48')),
  offered_by TEXT REFERENCES accounts (id),
  notified_at TIMESTAMP,
  notified_by TEXT CHECK (notified_by IN ('smtp', 'phone', 'wechat')),
  answer_due_at TIMESTAMP,
  provisional BOOLEAN NOT NULL,
  day_count TEXT NOT NULL CHECK (day_count::json IS NOT NULL),
  late BOOLEAN NOT NULL,
  first_answer TEXT CHECK (first_answer IN ('accept', 'decline', 'question')),
  answered_at TIMESTAMP,
  answered_by TEXT CHECK (answered_by IN ('link', 'phone', 'wechat', 'counter')),
  decline_reason TEXT,
  note TEXT,
  question TEXT,
  asked_at TIMESTAMP,
  clock_restarts_at TIMESTAMP,
  reply TEXT,
  replied_at TIMESTAMP,
  feedback_due_at TIMESTAMP,
  next_due_at TIMESTAMP,
  ended_at TIMESTAMP,
  end_reason TEXT,
  ranking TEXT NOT NULL CHECK (ranking::json IS NOT NULL),
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
-- One open offer and one taken place per seat (rules.md, "The chain"): the database itself refuses a second.
CREATE UNIQUE INDEX assignments_one_open_per_seat ON assignments (seat) WHERE state = 'offered';
CREATE UNIQUE INDEX assignments_one_taker_per_seat ON assignments (seat) WHERE state IN ('accepted', 'done');
CREATE INDEX assignments_need ON assignments (need);
-- What stands open now, for desks: few rows whatever the age of the office.
CREATE INDEX assignments_open ON assignments (answer_due_at, need) WHERE state = 'offered';
CREATE INDEX assignments_serving ON assignments (feedback_due_at, need) WHERE state = 'accepted';
CREATE INDEX assignments_expert_state ON assignments (expert, state);
CREATE INDEX assignments_due ON assignments (next_due_at) WHERE next_due_at IS NOT NULL;

CREATE TABLE reminders (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  assignment TEXT NOT NULL REFERENCES assignments (id),
  ordinal INTEGER NOT NULL,
  due_at TIMESTAMP NOT NULL,
  sent_at TIMESTAMP,
  cancelled_at TIMESTAMP,
  UNIQUE (assignment, ordinal)
);

CREATE TABLE feedback (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  need TEXT NOT NULL REFERENCES needs (id),
  assignment TEXT NOT NULL UNIQUE REFERENCES assignments (id),
  done TEXT NOT NULL,
  hours DOUBLE PRECISION NOT NULL,
  served_on DATE NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('solved', 'partly', 'referred', 'follow-up')),
  follow_up TEXT,
  no_gift BOOLEAN NOT NULL,
  no_promotion BOOLEAN NOT NULL,
  no_touting BOOLEAN NOT NULL,
  filed_by TEXT NOT NULL CHECK (filed_by IN ('link', 'staff')),
  entered_by TEXT REFERENCES accounts (id),
  filed_at TIMESTAMP NOT NULL
);
CREATE INDEX feedback_need ON feedback (need);

CREATE TABLE ratings (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  need TEXT NOT NULL REFERENCES needs (id),
  assignment TEXT NOT NULL REFERENCES assignments (id),
  score INTEGER NOT NULL CHECK (score BETWEEN 1 AND 5),
  remark TEXT,
  conduct TEXT NOT NULL CHECK (conduct::json IS NOT NULL),
  channel TEXT NOT NULL CHECK (channel IN ('link', 'phone')),
  entered_by TEXT REFERENCES accounts (id),
  created_at TIMESTAMP NOT NULL,
  UNIQUE (assignment, channel)
);
CREATE INDEX ratings_need ON ratings (need);

CREATE TABLE closures (
  need TEXT NOT NULL PRIMARY KEY REFERENCES needs (id),
  reason TEXT NOT NULL CHECK (reason IN ('served', 'answered-at-once', 'passed-on', 'duplicate', 'withdrawn-by-enterprise', 'out-of-scope', 'nobody-accepted')),
  note TEXT,
  evaluation TEXT CHECK (evaluation IS NULL OR evaluation::json IS NOT NULL),
  closed_by TEXT REFERENCES accounts (id),
  closed_at TIMESTAMP NOT NULL
);

CREATE TABLE incidents (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  expert TEXT NOT NULL REFERENCES experts (id),
  kind TEXT NOT NULL CHECK (kind IN ('lapse', 'no-show', 'feedback-overdue', 'gift', 'promotion', 'touting', 'confidence', 'complaint')),
  need TEXT REFERENCES needs (id),
  assignment TEXT REFERENCES assignments (id),
  happened_at TIMESTAMP NOT NULL,
  withdrawn_at TIMESTAMP,
  withdrawn_why TEXT,
  dedup_key TEXT NOT NULL UNIQUE
);
CREATE INDEX incidents_expert ON incidents (expert, happened_at);

CREATE TABLE conduct_cases (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('admonition', 'removal')),
  expert TEXT NOT NULL REFERENCES experts (id),
  state TEXT NOT NULL CHECK (state IN ('open', 'decided')),
  grounds TEXT NOT NULL,
  assignments TEXT NOT NULL CHECK (assignments::json IS NOT NULL),
  evidence TEXT NOT NULL CHECK (evidence::json IS NOT NULL),
  standing_before TEXT NOT NULL,
  opened_by TEXT NOT NULL REFERENCES accounts (id),
  opened_at TIMESTAMP NOT NULL,
  decision TEXT CHECK (decision IN ('admonish', 'keep', 'advise-withdrawal', 'remove', 'dismiss')),
  decision_reason TEXT,
  decided_by TEXT REFERENCES accounts (id),
  decided_at TIMESTAMP
);
CREATE INDEX conduct_cases_expert ON conduct_cases (expert);
CREATE UNIQUE INDEX conduct_cases_one_open ON conduct_cases (expert, kind) WHERE state = 'open';

CREATE TABLE tasks (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  need TEXT REFERENCES needs (id),
  assignment TEXT REFERENCES assignments (id),
  expert TEXT REFERENCES experts (id),
  conduct_case TEXT REFERENCES conduct_cases (id),
  station TEXT REFERENCES stations (id),
  region TEXT REFERENCES regions (code),
  account TEXT REFERENCES accounts (id),
  for_manager BOOLEAN NOT NULL,
  detail TEXT,
  due_at TIMESTAMP,
  created_at TIMESTAMP NOT NULL,
  done_at TIMESTAMP,
  done_by TEXT REFERENCES accounts (id),
  dedup_key TEXT NOT NULL UNIQUE
);
CREATE INDEX tasks_open_account ON tasks (account, created_at) WHERE done_at IS NULL;
CREATE INDEX tasks_open_manager ON tasks (for_manager, region, created_at) WHERE done_at IS NULL;
CREATE INDEX tasks_need ON tasks (need);

CREATE TABLE outbox (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  dedup_key TEXT NOT NULL UNIQUE,
  notice TEXT NOT NULL CHECK (notice::json IS NOT NULL),
  need TEXT REFERENCES needs (id),
  assignment TEXT REFERENCES assignments (id),
  expert TEXT REFERENCES experts (id),
  account TEXT REFERENCES accounts (id),
  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'accepted', 'bounced', 'failed', 'void')),
  not_before TIMESTAMP NOT NULL,
  attempts INTEGER NOT NULL,
  fence BIGINT NOT NULL,
  leased_until TIMESTAMP,
  accepted_at TIMESTAMP,
  last_error TEXT,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX outbox_due ON outbox (not_before) WHERE state IN ('queued', 'sending');
CREATE INDEX outbox_assignment ON outbox (assignment);
CREATE INDEX outbox_need ON outbox (need);
CREATE INDEX outbox_state ON outbox (state, created_at);

CREATE TABLE letters (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  outbox TEXT NOT NULL REFERENCES outbox (id),
  template_version TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  sent_at TIMESTAMP NOT NULL
);
CREATE INDEX letters_outbox ON letters (outbox);

-- One narrow row per finished offer (rules.md, "Figures"), written in the transaction that finished it.
CREATE TABLE offer_facts (
  assignment TEXT NOT NULL PRIMARY KEY REFERENCES assignments (id),
  need TEXT NOT NULL REFERENCES needs (id),
  expert TEXT NOT NULL REFERENCES experts (id),
  firm TEXT NOT NULL,
  region TEXT NOT NULL,
  station TEXT NOT NULL,
  notified_on DATE NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('on_time', 'late', 'lapsed', 'undelivered', 'void')),
  answer TEXT CHECK (answer IN ('accept', 'decline', 'question')),
  decline_reason TEXT,
  by_staff BOOLEAN NOT NULL,
  minutes BIGINT
);
CREATE INDEX offer_facts_day ON offer_facts (notified_on, outcome, region, station, expert, minutes, answer, by_staff, firm, decline_reason, need);
CREATE INDEX offer_facts_station ON offer_facts (station, notified_on);
CREATE INDEX offer_facts_expert ON offer_facts (expert, notified_on);

CREATE TABLE offer_fact_services (
  assignment TEXT NOT NULL REFERENCES offer_facts (assignment),
  service TEXT NOT NULL,
  PRIMARY KEY (assignment, service)
);

CREATE TABLE attachments (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  need TEXT NOT NULL REFERENCES needs (id),
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  content BYTEA NOT NULL,
  added_by TEXT NOT NULL REFERENCES accounts (id),
  added_at TIMESTAMP NOT NULL
);
CREATE INDEX attachments_need ON attachments (need);

CREATE TABLE drafts (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  owner TEXT NOT NULL,
  form TEXT NOT NULL,
  fields TEXT NOT NULL CHECK (fields::json IS NOT NULL),
  updated_at TIMESTAMP NOT NULL,
  UNIQUE (owner, form)
);

CREATE TABLE policies (
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  value TEXT NOT NULL CHECK (value::json IS NOT NULL),
  set_by TEXT REFERENCES accounts (id),
  set_at TIMESTAMP NOT NULL,
  PRIMARY KEY (key, version)
);

CREATE TABLE calendar_days (
  day DATE NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('holiday', 'workday')),
  occasion TEXT NOT NULL,
  source TEXT NOT NULL
);

CREATE TABLE idempotency (
  key TEXT NOT NULL PRIMARY KEY,
  request_hash TEXT NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL
);

CREATE TABLE audit (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  subject TEXT NOT NULL,
  step INTEGER NOT NULL,
  at TIMESTAMP NOT NULL,
  actor TEXT NOT NULL,
  event TEXT NOT NULL,
  detail TEXT NOT NULL CHECK (detail::json IS NOT NULL),
  previous TEXT NOT NULL,
  hash TEXT NOT NULL,
  UNIQUE (subject, step)
);
CREATE INDEX audit_at ON audit (at);

CREATE TABLE changes (
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  entity TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  -- Which transaction wrote the row: followers read only below the oldest one still running.
  tx BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint)
);
CREATE INDEX changes_tx ON changes (tx);

CREATE SEQUENCE number_xq;
CREATE SEQUENCE number_pd;
CREATE SEQUENCE number_cq;
CREATE SEQUENCE number_ba;

CREATE TABLE key_ids (
  id INTEGER NOT NULL PRIMARY KEY,
  check_value TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL
);
