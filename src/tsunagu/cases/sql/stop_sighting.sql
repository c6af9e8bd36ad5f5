-- Takes the trigger away again.
-- reads: cases_contact_made
-- writes: the table's triggers
-- grain: one trigger
DROP TRIGGER sight_children ON cases_contact_made
