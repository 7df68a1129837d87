-- Whose need an offer was for, so that "one firm and one enterprise again and again" is counted without a join.
ALTER TABLE offer_facts ADD COLUMN enterprise TEXT NOT NULL DEFAULT '';
UPDATE offer_facts SET enterprise = (SELECT enterprise FROM needs WHERE needs.id = offer_facts.need);
DROP INDEX offer_facts_day;
CREATE INDEX offer_facts_day ON offer_facts (notified_on, outcome, region, station, expert, minutes, answer, by_staff, firm, decline_reason, need, enterprise);
