-- Everybody tells of their own relatives; nobody needs a right for it, and nobody takes it back by themselves.
-- reads: the session's context
-- writes: the table's policies
-- grain: one policy
CREATE POLICY seal_oneself ON access_seal FOR INSERT WITH CHECK (
    staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
    AND sealed_by_id = staff_id AND NOT is_computed
)
