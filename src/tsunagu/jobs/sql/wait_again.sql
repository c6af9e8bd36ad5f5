-- The same, as the desk sees it.
-- reads: jobs_work
-- writes: jobs_work
-- grain: one piece of work
UPDATE jobs_work SET state = 'waiting' WHERE state = 'working'
