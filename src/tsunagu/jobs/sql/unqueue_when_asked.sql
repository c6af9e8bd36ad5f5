-- The way back of `queue_when_asked`.
-- reads: nothing
-- writes: the table's triggers
-- grain: one trigger
DROP TRIGGER queue_when_asked ON jobs_work
