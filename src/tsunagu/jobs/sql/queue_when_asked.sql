-- Every row that is added goes into the queue.
-- reads: jobs_work
-- writes: the table's triggers
-- grain: one trigger
CREATE TRIGGER queue_when_asked AFTER INSERT ON jobs_work FOR EACH ROW EXECUTE FUNCTION jobs_queue_work()
