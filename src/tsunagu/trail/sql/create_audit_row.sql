-- The audit trail. Who, for which purpose and in which request come from the transaction's own settings, the moment
-- and the id from the server: the application has no say in them. Identifiers only; a name does not fit.
-- reads: nothing
-- writes: audit_row (a table)
-- grain: one act
CREATE TABLE audit_row (
    row_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    staff_id text NOT NULL DEFAULT COALESCE(current_setting('tsunagu.staff_id', true), ''),
    role text NOT NULL,
    purpose text NOT NULL DEFAULT COALESCE(current_setting('tsunagu.purpose', true), ''),
    act text NOT NULL CHECK (act <> ''),
    object_kind text NOT NULL,
    object_id text NOT NULL,
    relationship text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('read', 'changed', 'decided', 'refused')),
    request_id text NOT NULL DEFAULT COALESCE(current_setting('tsunagu.request_id', true), ''),
    CONSTRAINT audit_row_holds_identifiers_only CHECK (
        staff_id ~ '^[A-Za-z0-9_.:/-]{0,80}$'
        AND role ~ '^[A-Za-z0-9_.:/-]{0,80}$'
        AND purpose ~ '^[A-Za-z0-9_.:/-]{0,80}$'
        AND act ~ '^[A-Za-z0-9_.:/-]{0,80}$'
        AND object_kind ~ '^[A-Za-z0-9_.:/-]{0,80}$'
        AND object_id ~ '^[A-Za-z0-9_.:/-]{0,80}$'
        AND relationship ~ '^[A-Za-z0-9_.:/-]{0,80}$'
        AND request_id ~ '^[A-Za-z0-9_.:/-]{0,80}$'
    )
)
