-- The way back of the queue: its types, and the functions that use them.
-- reads: nothing
-- writes: the queue's types
-- grain: the queue
DROP TYPE procrastinate_job_status, procrastinate_job_event_type, procrastinate_job_to_defer_v1 CASCADE
