-- What keeps the promise of the two days: the service's own pulse, its outages, and notices that wait for a second person.

-- The last moment the service is known to have run: gaps are outages, and a clock behind it went back.
CREATE TABLE pulse (
  only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
  beat_at TIMESTAMP NOT NULL
);

CREATE TABLE outages (
  id TEXT NOT NULL PRIMARY KEY,
  from_at TIMESTAMP NOT NULL,
  until_at TIMESTAMP NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('pulse', 'entered')),
  note TEXT,
  entered_by TEXT REFERENCES accounts (id),
  moved INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  dedup_key TEXT NOT NULL UNIQUE
);
CREATE INDEX outages_until ON outages (until_at);

CREATE TABLE calendar_imports (
  id TEXT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'refused')),
  source TEXT NOT NULL,
  days TEXT NOT NULL CHECK (json_valid(days)),
  sha256 TEXT NOT NULL,
  imported_by TEXT REFERENCES accounts (id),
  imported_at TIMESTAMP NOT NULL,
  decided_by TEXT REFERENCES accounts (id),
  decided_at TIMESTAMP,
  reason TEXT
);
CREATE INDEX calendar_imports_state ON calendar_imports (state, imported_at);
