DROP TABLE verifications;
DROP TABLE audit_roots;
DROP TABLE audit_heads;
