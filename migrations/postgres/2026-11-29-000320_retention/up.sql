-- Matters that ended and still say how to reach the enterprise, for the nightly letting go: few rows are new, all others stay out.
CREATE INDEX needs_contact_kept ON needs (updated_at)
  WHERE (contact_phone IS NOT NULL OR contact_email IS NOT NULL) AND state IN ('closed', 'retracted');
