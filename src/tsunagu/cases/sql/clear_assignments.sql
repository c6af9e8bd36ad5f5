-- The way back of `fill_assignments`.
-- reads: nothing
-- writes: cases_assignment
-- grain: all rows
DELETE FROM cases_assignment
