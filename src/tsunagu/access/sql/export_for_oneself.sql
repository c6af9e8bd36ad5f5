-- One writes for oneself, in one's own request, why the trail is taken out.
-- reads: the session's context
-- writes: the table's policies
-- grain: one policy
CREATE POLICY export_for_oneself ON access_trailexport FOR INSERT WITH CHECK (
    staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
    AND request_id = nullif(current_setting('tsunagu.request_id', true), '')::uuid
)
