-- Takes the trigger away again.
-- reads: cases_taking_back
-- writes: the table's triggers
-- grain: one trigger
DROP TRIGGER unsight_children ON cases_taking_back
