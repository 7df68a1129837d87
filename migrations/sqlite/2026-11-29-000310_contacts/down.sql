DROP TABLE sealings;
DROP TABLE expert_contacts;
DROP INDEX experts_phone_mark;
ALTER TABLE experts RENAME COLUMN phone_mark TO phone;
ALTER TABLE experts RENAME COLUMN email_mark TO email;
