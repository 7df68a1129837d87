-- A waiver lifts the ground it was granted for: another ground known later wants another one.
CREATE TABLE waivers_by_ground (
  id TEXT NOT NULL PRIMARY KEY,
  need TEXT NOT NULL REFERENCES needs (id),
  expert TEXT NOT NULL REFERENCES experts (id),
  rule TEXT NOT NULL,
  reason TEXT NOT NULL,
  granted_by TEXT NOT NULL REFERENCES accounts (id),
  granted_at TIMESTAMP NOT NULL,
  UNIQUE (need, expert, rule)
);
INSERT INTO waivers_by_ground SELECT id, need, expert, rule, reason, granted_by, granted_at FROM waivers;
DROP TABLE waivers;
ALTER TABLE waivers_by_ground RENAME TO waivers;

-- Everybody's last ninety days, read whenever the pool of experts is.
CREATE INDEX assignments_created ON assignments (created_at, expert, state);
