-- What one has begun to write, under the purpose in force; nobody else's.
-- reads: the session's context
-- writes: the table's policies
-- grain: one policy
CREATE POLICY keep_own_drafts ON cases_intake_draft FOR ALL
USING (
    staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
    AND purpose = current_setting('tsunagu.purpose', true)
)
WITH CHECK (
    staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
    AND purpose = current_setting('tsunagu.purpose', true)
)
