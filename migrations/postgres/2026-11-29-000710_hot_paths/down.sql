DROP INDEX assignments_in_hand;
DROP INDEX experts_firm_key;
DROP INDEX incidents_assignment;
DROP INDEX tasks_open_assignment;
DROP INDEX assignments_seat;
