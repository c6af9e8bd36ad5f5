-- The children of the run.
-- reads: cases_loading
-- writes: cases_listed
-- grain: one child
INSERT INTO cases_listed SELECT * FROM cases_loading
