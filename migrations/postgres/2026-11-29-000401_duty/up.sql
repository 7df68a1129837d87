-- Duty rotation (轮值): plans, their turns, who was asked and what was said, changes of hands, and calendar feeds.

CREATE TABLE duty_plans (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  title TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'asking', 'published', 'withdrawn')),
  from_on DATE NOT NULL,
  to_on DATE NOT NULL,
  rules TEXT NOT NULL CHECK (rules::json IS NOT NULL),
  outcome TEXT NOT NULL CHECK (outcome::json IS NOT NULL),
  created_by TEXT REFERENCES accounts (id),
  created_at TIMESTAMP NOT NULL,
  asked_at TIMESTAMP,
  published_by TEXT REFERENCES accounts (id),
  published_at TIMESTAMP,
  updated_at TIMESTAMP NOT NULL,
  version INTEGER NOT NULL,
  CHECK (from_on <= to_on)
);
CREATE INDEX duty_plans_from ON duty_plans (from_on, id);

-- Nobody stands on a published turn without a yes: the last CHECK holds it whatever the code does.
CREATE TABLE duty_turns (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  plan TEXT NOT NULL REFERENCES duty_plans (id),
  station TEXT NOT NULL REFERENCES stations (id),
  region TEXT NOT NULL REFERENCES regions (code),
  day DATE NOT NULL,
  part TEXT NOT NULL CHECK (part IN ('morning', 'afternoon', 'day')),
  from_minute INTEGER NOT NULL,
  to_minute INTEGER NOT NULL,
  seat INTEGER NOT NULL,
  event TEXT,
  wanted TEXT NOT NULL CHECK (wanted::json IS NOT NULL),
  state TEXT NOT NULL CHECK (state IN ('gap', 'proposed', 'agreed', 'cancelled')),
  expert TEXT REFERENCES experts (id),
  published BOOLEAN NOT NULL,
  why TEXT,
  alternates TEXT NOT NULL CHECK (alternates::json IS NOT NULL),
  sequence INTEGER NOT NULL,
  reconfirmed_at TIMESTAMP,
  signed_in_at TIMESTAMP,
  signed_in_by TEXT CHECK (signed_in_by IN ('page', 'staff')),
  missed_at TIMESTAMP,
  updated_at TIMESTAMP NOT NULL,
  UNIQUE (plan, station, day, from_minute, seat),
  CHECK (from_minute < to_minute),
  CHECK ((expert IS NULL) = (state IN ('gap', 'cancelled'))),
  CHECK (NOT published OR expert IS NULL OR state = 'agreed')
);
CREATE INDEX duty_turns_day ON duty_turns (day, station);
CREATE INDEX duty_turns_station ON duty_turns (station, day);
CREATE INDEX duty_turns_expert ON duty_turns (expert, day);

CREATE TABLE duty_consents (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  turn TEXT NOT NULL REFERENCES duty_turns (id),
  expert TEXT NOT NULL REFERENCES experts (id),
  answer TEXT NOT NULL CHECK (answer IN ('waiting', 'yes', 'rather-not', 'no', 'withdrawn')),
  channel TEXT CHECK (channel IN ('link', 'phone', 'wechat', 'counter')),
  entered_by TEXT REFERENCES accounts (id),
  asked_at TIMESTAMP NOT NULL,
  answered_at TIMESTAMP,
  UNIQUE (turn, expert)
);
CREATE INDEX duty_consents_expert ON duty_consents (expert, answer);

-- One letter of asking: the clock of its answer starts when the mail server took it.
CREATE TABLE duty_asks (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  plan TEXT NOT NULL REFERENCES duty_plans (id),
  expert TEXT NOT NULL REFERENCES experts (id),
  round INTEGER NOT NULL,
  asked_at TIMESTAMP NOT NULL,
  notified_at TIMESTAMP,
  answer_due_at TIMESTAMP,
  answered_at TIMESTAMP,
  UNIQUE (plan, expert, round)
);
CREATE INDEX duty_asks_expert ON duty_asks (expert);

CREATE TABLE duty_swaps (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('swap', 'give', 'take')),
  state TEXT NOT NULL CHECK (state IN ('open', 'agreed', 'done', 'refused', 'withdrawn')),
  turn TEXT NOT NULL REFERENCES duty_turns (id),
  other_turn TEXT REFERENCES duty_turns (id),
  from_expert TEXT REFERENCES experts (id),
  to_expert TEXT REFERENCES experts (id),
  from_minute INTEGER,
  to_minute INTEGER,
  created_at TIMESTAMP NOT NULL,
  answered_at TIMESTAMP,
  decided_by TEXT REFERENCES accounts (id),
  decided_at TIMESTAMP
);
CREATE INDEX duty_swaps_turn ON duty_swaps (turn);
CREATE INDEX duty_swaps_state ON duty_swaps (state, created_at);
CREATE INDEX duty_swaps_to ON duty_swaps (to_expert, state);

-- A feed's address is sealed with its round: a higher round closes every address given out before.
CREATE TABLE duty_feeds (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  expert TEXT UNIQUE REFERENCES experts (id),
  station TEXT UNIQUE REFERENCES stations (id),
  round INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  CHECK ((expert IS NULL) <> (station IS NULL))
);
