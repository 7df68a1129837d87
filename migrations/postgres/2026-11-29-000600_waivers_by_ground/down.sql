DROP INDEX assignments_created;
DELETE FROM waivers WHERE id NOT IN (SELECT min(id) FROM waivers GROUP BY need, expert);
ALTER TABLE waivers DROP CONSTRAINT waivers_need_expert_rule_key;
ALTER TABLE waivers ADD CONSTRAINT waivers_need_expert_key UNIQUE (need, expert);
