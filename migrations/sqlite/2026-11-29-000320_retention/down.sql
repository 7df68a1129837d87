DROP INDEX needs_contact_kept;
