-- Which log this is (an index made from another one is worthless here), and up to where it was pruned.
CREATE TABLE change_log (
  only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
  identity TEXT NOT NULL,
  floor BIGINT NOT NULL
);
INSERT INTO change_log (only_row, identity, floor) VALUES (1, replace(gen_random_uuid()::text, '-', ''), 0);

-- How far each running process has followed the log: nothing above the least of them is pruned.
CREATE TABLE followers (
  node TEXT NOT NULL PRIMARY KEY,
  watermark BIGINT NOT NULL,
  seen_at TIMESTAMP NOT NULL
);

CREATE INDEX idempotency_created ON idempotency (created_at);
