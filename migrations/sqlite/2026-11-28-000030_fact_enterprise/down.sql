DROP INDEX offer_facts_day;
ALTER TABLE offer_facts DROP COLUMN enterprise;
CREATE INDEX offer_facts_day ON offer_facts (notified_on, outcome, region, station, expert, minutes, answer, by_staff, firm, decline_reason, need);
