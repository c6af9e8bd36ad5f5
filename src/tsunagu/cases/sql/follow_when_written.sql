-- What was decided, or taken back, is followed at once.
-- reads: the table
-- writes: the table's triggers
-- grain: one trigger
-- parameters: table (a name of our own)
CREATE TRIGGER follow_when_written AFTER INSERT ON {table}
FOR EACH ROW EXECUTE FUNCTION cases_keep_following()
