-- Whether somebody wants the work to end.
-- reads: jobs_work
-- grain: one piece of work
-- parameters: $id
SELECT cancel_asked_at IS NOT NULL FROM jobs_work WHERE id = $id
