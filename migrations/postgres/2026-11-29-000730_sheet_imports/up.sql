-- Sheets that come in (表格导入): tried out, then imported, part by part, so that whoever waits sees how far it is and a
-- process that dies in between is taken over where it stood. The file and what came of it are sealed.
CREATE TABLE sheet_imports (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  account TEXT NOT NULL REFERENCES accounts (id),
  kind TEXT NOT NULL CHECK (kind IN ('experts', 'stations', 'enterprises')),
  name TEXT NOT NULL,
  choice TEXT NOT NULL,
  stage TEXT NOT NULL CHECK (stage IN ('trying', 'tried', 'importing', 'done', 'failed')),
  -- Gone once it was imported; the whole row goes when nobody confirmed it within an hour.
  content BYTEA,
  total INTEGER,
  looked_at INTEGER NOT NULL,
  progress BYTEA,
  -- Raised by whoever takes the work up: what somebody slower writes later counts no more.
  fence INTEGER NOT NULL,
  -- How often it was taken up since it last got on.
  tries INTEGER NOT NULL,
  leased_until TIMESTAMP,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL
);
CREATE INDEX sheet_imports_account ON sheet_imports (account, created_at);
