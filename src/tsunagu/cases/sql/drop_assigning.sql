-- The way back of `create_assigning`.
-- reads: nothing
-- writes: the function
-- grain: one function
DROP FUNCTION cases_make_assignment()
