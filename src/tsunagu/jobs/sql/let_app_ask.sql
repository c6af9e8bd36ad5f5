-- The application reads work and adds what is asked for; state and result are not its to write.
-- reads: nothing
-- writes: the login's rights
-- grain: one login
-- parameters: app (a name of our own)
GRANT SELECT, INSERT (id, kind, arguments, asked_by_id, purpose), UPDATE (cancel_asked_at) ON jobs_work TO {app}
