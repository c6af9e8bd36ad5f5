-- The way back of the queue: its tables, and what hangs on them.
-- reads: nothing
-- writes: the queue's tables
-- grain: the queue
DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs, procrastinate_workers CASCADE
