-- Everything that is taken back is looked at.
-- reads: cases_taking_back
-- writes: the table's triggers
-- grain: one trigger
CREATE TRIGGER unsight_children AFTER INSERT ON cases_taking_back
FOR EACH ROW EXECUTE FUNCTION cases_unsight_child()
