-- The way back of `copy_assignments`.
-- reads: nothing
-- writes: the table's triggers
-- grain: one trigger
DROP TRIGGER copy_assignments ON access_relationship
