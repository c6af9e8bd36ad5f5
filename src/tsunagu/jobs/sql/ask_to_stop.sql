-- Asks for the end of work that has not ended.
-- reads: jobs_work
-- writes: jobs_work
-- grain: one piece of work
-- parameters: $id, $at
UPDATE jobs_work SET cancel_asked_at = $at::timestamptz
WHERE id = $id AND cancel_asked_at IS NULL AND state IN ('waiting', 'working')
