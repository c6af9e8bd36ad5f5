-- The way back of the queue: the functions that are left.
-- reads: nothing
-- writes: the queue's functions
-- grain: the queue
DROP FUNCTION
    procrastinate_defer_periodic_job_v2, procrastinate_cancel_job_v1, procrastinate_retry_job_v1,
    procrastinate_retry_job_v2, procrastinate_notify_queue_job_inserted_v1, procrastinate_notify_queue_abort_job_v1,
    procrastinate_trigger_function_status_events_insert_v1, procrastinate_trigger_function_status_events_update_v1,
    procrastinate_trigger_function_scheduled_events_v1, procrastinate_trigger_abort_requested_events_procedure_v1,
    procrastinate_unlink_periodic_defers_v1, procrastinate_register_worker_v1, procrastinate_unregister_worker_v1,
    procrastinate_update_heartbeat_v1, procrastinate_prune_stalled_workers_v1
