-- Work that ended long ago leaves the queue and the desk; the audit trail keeps who asked.
-- reads: jobs_work, procrastinate_jobs
-- writes: jobs_work, procrastinate_jobs
-- grain: one piece of work
-- parameters: $before
WITH old AS (
    DELETE FROM jobs_work WHERE ended_at < $before::timestamptz RETURNING id
)
DELETE FROM procrastinate_jobs AS j
WHERE j.status NOT IN ('todo', 'doing') AND (j.args ->> 'work_id')::uuid IN (SELECT id FROM old)
