-- Asks for a piece of work.
-- reads: nothing
-- writes: jobs_work
-- grain: one piece of work
-- parameters: $id, $kind, $arguments (JSON), $asked_by (null: the clock), $purpose
INSERT INTO jobs_work (id, kind, arguments, asked_by_id, purpose)
VALUES ($id, $kind, $arguments::jsonb, $asked_by::bigint, $purpose)
