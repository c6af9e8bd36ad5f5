-- The way back of `assign_when_decided`.
-- reads: nothing
-- writes: the table's triggers
-- grain: one trigger
DROP TRIGGER assign_when_decided ON cases_assigning
