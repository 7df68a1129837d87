DROP INDEX assignments_created;
CREATE TABLE waivers_by_need (
  id TEXT NOT NULL PRIMARY KEY,
  need TEXT NOT NULL REFERENCES needs (id),
  expert TEXT NOT NULL REFERENCES experts (id),
  rule TEXT NOT NULL,
  reason TEXT NOT NULL,
  granted_by TEXT NOT NULL REFERENCES accounts (id),
  granted_at TIMESTAMP NOT NULL,
  UNIQUE (need, expert)
);
INSERT INTO waivers_by_need SELECT id, need, expert, rule, reason, granted_by, granted_at FROM waivers
  WHERE id IN (SELECT min(id) FROM waivers GROUP BY need, expert);
DROP TABLE waivers;
ALTER TABLE waivers_by_need RENAME TO waivers;
