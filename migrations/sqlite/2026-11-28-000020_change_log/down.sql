DROP INDEX idempotency_created;
DROP TABLE followers;
DROP TABLE change_log;
