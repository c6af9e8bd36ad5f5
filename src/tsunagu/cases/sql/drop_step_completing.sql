-- Takes the function away again.
-- reads: nothing
-- writes: the functions
-- grain: one function
DROP FUNCTION cases_complete_step()
