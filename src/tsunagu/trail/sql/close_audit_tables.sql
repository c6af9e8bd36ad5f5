-- A login, and everybody who is not named, may do nothing with the audit trail, unless it is said beside this.
-- reads: nothing
-- writes: the grants of audit_row, audit_leaf, audit_checkpoint
-- grain: one login
-- parameters: login (the name of a login)
REVOKE ALL ON audit_row, audit_leaf, audit_checkpoint FROM PUBLIC, {login}
