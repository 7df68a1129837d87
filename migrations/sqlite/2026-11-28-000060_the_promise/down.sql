DROP TABLE calendar_imports;
DROP TABLE outages;
DROP TABLE pulse;
