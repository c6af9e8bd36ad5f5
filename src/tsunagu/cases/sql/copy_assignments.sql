-- Every change of who stands how to a child is copied.
-- reads: access_relationship
-- writes: the table's triggers
-- grain: one trigger
CREATE TRIGGER copy_assignments AFTER INSERT OR UPDATE OR DELETE ON access_relationship
FOR EACH ROW EXECUTE FUNCTION cases_copy_assignment()
