-- Every row of the roster is checked.
-- reads: cases_duty
-- writes: the table's triggers
-- grain: one trigger
CREATE TRIGGER check_duty BEFORE INSERT ON cases_duty
FOR EACH ROW EXECUTE FUNCTION cases_check_duty()
