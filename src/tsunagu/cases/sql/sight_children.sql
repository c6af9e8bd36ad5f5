-- Every contact at which the child was seen is looked at.
-- reads: cases_contact_made
-- writes: the table's triggers
-- grain: one trigger
CREATE TRIGGER sight_children AFTER INSERT ON cases_contact_made
FOR EACH ROW WHEN (NEW.saw_child) EXECUTE FUNCTION cases_sight_child()
