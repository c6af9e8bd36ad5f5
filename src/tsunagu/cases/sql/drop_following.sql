-- The way back of `create_following`.
-- reads: nothing
-- writes: functions
-- grain: one function
DROP FUNCTION cases_keep_following()
