-- Puts what was asked for into the queue, in the transaction that asks: both or neither. It acts as the owner of the
-- tables, because nobody else may write into the queue. What changes the stores waits for its like; a child is first.
-- reads: the row that was added
-- writes: jobs_queue_work (a function)
-- grain: one piece of work
CREATE FUNCTION jobs_queue_work() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp
AS '
BEGIN
    PERFORM procrastinate_defer_jobs_v1(ARRAY[ROW(
        ''tsunagu'',
        ''work'',
        CASE NEW.kind WHEN ''fetch_child'' THEN 10 ELSE 0 END,
        CASE
            WHEN NEW.kind IN (''load_files'', ''run_analysis'', ''keep_mapping'', ''return_decisions'') THEN ''stores''
            WHEN NEW.kind IN (''load_directory'', ''receive_run'') THEN ''desk''
            WHEN NEW.kind = ''checkpoint'' THEN ''audit''
        END,
        NULL,
        jsonb_build_object(''work_id'', NEW.id),
        NULL
    )::procrastinate_job_to_defer_v1]);
    RETURN NULL;
END'
