-- How far the work is; answers whether somebody wants it to end.
-- reads: jobs_work
-- writes: jobs_work
-- grain: one piece of work
-- parameters: $id, $step, $done, $of, $words
UPDATE jobs_work SET step = $step, done = $done, of = $of, words = $words WHERE id = $id
RETURNING cancel_asked_at IS NOT NULL
