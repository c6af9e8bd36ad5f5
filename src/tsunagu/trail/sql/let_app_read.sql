-- The application reads rows and notes, of which the row policies show it what whoever acts may see.
-- reads: nothing
-- writes: the grants of audit_row, audit_checkpoint
-- grain: one installation
-- parameters: app (the name of a login)
GRANT SELECT ON audit_row, audit_checkpoint TO {app}
