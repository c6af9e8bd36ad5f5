-- The worker begins, or begins again what a worker that is gone had begun; too often begun is a fault of ours.
-- reads: jobs_work
-- writes: jobs_work
-- grain: one piece of work
-- parameters: $id, $at, $most_attempts
UPDATE jobs_work SET
    state = CASE
        WHEN cancel_asked_at IS NOT NULL THEN 'cancelled' WHEN attempts >= $most_attempts THEN 'failed' ELSE 'working'
    END,
    ended_at = CASE WHEN cancel_asked_at IS NOT NULL OR attempts >= $most_attempts THEN $at::timestamptz END,
    attempts = attempts + 1, started_at = $at::timestamptz, step = '', done = 0, of = 0, words = ''
WHERE id = $id AND state IN ('waiting', 'working')
RETURNING state, kind, arguments, asked_by_id, purpose
