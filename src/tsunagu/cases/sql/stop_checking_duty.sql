-- Takes the trigger away again.
-- reads: cases_duty
-- writes: the table's triggers
-- grain: one trigger
DROP TRIGGER check_duty ON cases_duty
