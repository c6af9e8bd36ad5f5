-- One's own saved views, made under the purpose in force; nobody else's.
-- reads: the session's context
-- writes: the table's policies
-- grain: one policy
CREATE POLICY keep_own_views ON cases_view FOR ALL
USING (
    staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
    AND purpose = current_setting('tsunagu.purpose', true)
)
WITH CHECK (
    staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
    AND purpose = current_setting('tsunagu.purpose', true)
)
