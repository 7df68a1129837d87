-- A waiver lifts the ground it was granted for: another ground known later wants another one.
ALTER TABLE waivers DROP CONSTRAINT waivers_need_expert_key;
ALTER TABLE waivers ADD CONSTRAINT waivers_need_expert_rule_key UNIQUE (need, expert, rule);

-- Everybody's last ninety days, read whenever the pool of experts is.
CREATE INDEX assignments_created ON assignments (created_at, expert, state);
