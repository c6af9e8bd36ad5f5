-- What became of the work.
-- reads: jobs_work
-- writes: jobs_work
-- grain: one piece of work
-- parameters: $id, $at, $state, $words, $result (JSON)
UPDATE jobs_work SET state = $state, result_words = $words, result = $result::jsonb, ended_at = $at::timestamptz
WHERE id = $id AND state = 'working'
