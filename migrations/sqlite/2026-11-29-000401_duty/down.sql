DROP TABLE duty_feeds;
DROP TABLE duty_swaps;
DROP TABLE duty_asks;
DROP TABLE duty_consents;
DROP TABLE duty_turns;
DROP TABLE duty_plans;
