-- Every decision about who is in charge comes true at once.
-- reads: cases_assigning
-- writes: the table's triggers
-- grain: one trigger
CREATE TRIGGER assign_when_decided AFTER INSERT ON cases_assigning
FOR EACH ROW EXECUTE FUNCTION cases_make_assignment()
