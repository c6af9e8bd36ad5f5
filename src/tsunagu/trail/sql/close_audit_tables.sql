-- Nobody may do anything with the audit trail, unless it is said in the statements beside this one.
-- reads: nothing
-- writes: the grants of audit_row, audit_leaf, audit_checkpoint
-- grain: one installation
-- parameters: app, checkpointer (names of logins)
REVOKE ALL ON audit_row, audit_leaf, audit_checkpoint FROM PUBLIC, {app}, {checkpointer}
