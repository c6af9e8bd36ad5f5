-- The way back of a migration, after the tables are gone.
-- reads: nothing
-- writes: audit_refuse_change (the function)
-- grain: one installation
DROP FUNCTION audit_refuse_change()
