-- The checkpointer adds places and notes; never a row of the trail.
-- reads: nothing
-- writes: the grants of audit_leaf, audit_checkpoint
-- grain: one installation
-- parameters: checkpointer (the name of a login)
GRANT INSERT ON audit_leaf, audit_checkpoint TO {checkpointer}
