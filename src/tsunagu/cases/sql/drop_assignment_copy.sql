-- The way back of `create_assignment_copy`.
-- reads: nothing
-- writes: the function
-- grain: one function
DROP FUNCTION cases_copy_assignment()
