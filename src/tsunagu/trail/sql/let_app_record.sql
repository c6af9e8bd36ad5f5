-- The application adds rows; id, moment, who, purpose and request are not its to write.
-- reads: nothing
-- writes: the grants of audit_row
-- grain: one installation
-- parameters: app (the name of a login)
GRANT INSERT (role, act, object_kind, object_id, relationship, outcome) ON audit_row TO {app}
