-- The clock asks, unless the same is waiting already.
-- reads: jobs_work
-- writes: jobs_work
-- grain: one piece of work
-- parameters: $kind, $arguments (JSON)
INSERT INTO jobs_work (kind, arguments)
SELECT $kind::text, $arguments::jsonb
WHERE NOT EXISTS (
    SELECT 1 FROM jobs_work WHERE kind = $kind::text AND state = 'waiting' AND arguments = $arguments::jsonb
)
