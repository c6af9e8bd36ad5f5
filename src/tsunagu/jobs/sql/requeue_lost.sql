-- What a worker that is gone had begun waits again. There is one worker, and it is just starting.
-- reads: procrastinate_jobs
-- writes: procrastinate_jobs
-- grain: one piece of work
SELECT procrastinate_retry_job_v2(id, NULL, NULL, NULL, NULL) FROM procrastinate_jobs WHERE status = 'doing'
