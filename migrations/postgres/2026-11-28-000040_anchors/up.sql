-- Where every chain of the trail ends, and the daily root over all of them (rules.md, "Audit, erasure").

CREATE TABLE audit_heads (
  subject TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  step INTEGER NOT NULL,
  at TIMESTAMP NOT NULL,
  hash TEXT NOT NULL
);
INSERT INTO audit_heads (subject, step, at, hash)
  SELECT a.subject, a.step, a.at, a.hash FROM audit a
  WHERE a.step = (SELECT max(b.step) FROM audit b WHERE b.subject = a.subject);

CREATE TABLE audit_roots (
  day DATE NOT NULL PRIMARY KEY,
  cut_at TIMESTAMP NOT NULL,
  chains BIGINT NOT NULL,
  root TEXT NOT NULL,
  previous TEXT NOT NULL,
  seal TEXT NOT NULL,
  made_at TIMESTAMP NOT NULL,
  mailed_at TIMESTAMP
);

-- What the last look at each invariant found.
CREATE TABLE verifications (
  invariant TEXT NOT NULL PRIMARY KEY,
  at TIMESTAMP NOT NULL,
  offenders BIGINT NOT NULL,
  sample TEXT NOT NULL
);
