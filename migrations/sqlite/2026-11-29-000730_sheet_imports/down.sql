DROP TABLE sheet_imports;
