-- The way back of a migration.
-- reads: nothing
-- writes: audit_row, audit_leaf, audit_checkpoint (the tables)
-- grain: one installation
DROP TABLE audit_checkpoint, audit_leaf, audit_row
