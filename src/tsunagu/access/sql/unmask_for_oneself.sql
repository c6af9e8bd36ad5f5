-- One writes a reason for oneself, in one's own request, and sees those one wrote. A reason alone opens nothing.
-- reads: the session's context
-- writes: the table's policies
-- grain: one policy
CREATE POLICY unmask_for_oneself ON access_unmasking FOR INSERT WITH CHECK (
    staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
    AND request_id = nullif(current_setting('tsunagu.request_id', true), '')::uuid
)
