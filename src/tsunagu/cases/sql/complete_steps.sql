-- Every step is completed before it is kept.
-- reads: cases_intake_step
-- writes: the table's triggers
-- grain: one trigger
CREATE TRIGGER complete_steps BEFORE INSERT ON cases_intake_step
FOR EACH ROW EXECUTE FUNCTION cases_complete_step()
