-- A row when anything waits in the queue.
-- reads: procrastinate_jobs
-- grain: one row, or none
SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' LIMIT 1
