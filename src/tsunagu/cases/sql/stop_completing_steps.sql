-- Takes the trigger away again.
-- reads: cases_intake_step
-- writes: the table's triggers
-- grain: one trigger
DROP TRIGGER complete_steps ON cases_intake_step
