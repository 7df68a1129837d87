-- What a deed looks up in the middle of its transaction is found by an index: the offers of a seat, the open tasks and the
-- incidents of an offer, the colleagues of an expert; and what is in hand, which stays few while what is done grows for ever.
CREATE INDEX assignments_seat ON assignments (seat, created_at);
CREATE INDEX tasks_open_assignment ON tasks (assignment) WHERE assignment IS NOT NULL AND done_at IS NULL;
CREATE INDEX incidents_assignment ON incidents (assignment) WHERE assignment IS NOT NULL;
CREATE INDEX experts_firm_key ON experts (firm_key text_pattern_ops, id);
CREATE INDEX assignments_in_hand ON assignments (expert, state) WHERE state IN ('offered', 'accepted');
