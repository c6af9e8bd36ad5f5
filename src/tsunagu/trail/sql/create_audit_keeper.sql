-- What refuses a change of the audit trail to everybody, the owner of the tables included.
-- reads: nothing
-- writes: audit_refuse_change (a function)
-- grain: one installation
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql
AS 'BEGIN RAISE EXCEPTION ''the audit trail is append only'' USING ERRCODE = ''insufficient_privilege''; END'
