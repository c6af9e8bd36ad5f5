-- Rows of one table of the audit trail are added, and nothing else.
-- reads: nothing
-- writes: a trigger on the table
-- grain: one table
-- parameters: table (a name of our own)
CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()
