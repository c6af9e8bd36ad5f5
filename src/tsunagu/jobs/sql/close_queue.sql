-- The queue itself is closed to a login, also what was granted to it with every new table.
-- reads: nothing
-- writes: the login's rights
-- grain: one login
-- parameters: login (a name of our own)
REVOKE ALL ON procrastinate_jobs, procrastinate_events, procrastinate_workers, procrastinate_periodic_defers, jobs_work
FROM {login}
