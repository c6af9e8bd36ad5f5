-- The way back of `create_queueing`.
-- reads: nothing
-- writes: the function
-- grain: one function
DROP FUNCTION jobs_queue_work()
