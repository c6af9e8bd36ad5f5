-- The checkpointer reads the whole trail.
-- reads: nothing
-- writes: the grants of audit_row, audit_leaf, audit_checkpoint
-- grain: one installation
-- parameters: checkpointer (the name of a login)
GRANT SELECT ON audit_row, audit_leaf, audit_checkpoint TO {checkpointer}
