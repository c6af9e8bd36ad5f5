-- Who asked may ask for the end of it; which column that is, the login's rights say.
-- reads: the session's context
-- writes: the table's policies
-- grain: one policy
CREATE POLICY stop_own ON jobs_work FOR UPDATE
USING (asked_by_id = (SELECT nullif(current_setting('tsunagu.staff_id', true), '')::bigint))
WITH CHECK (asked_by_id = (SELECT nullif(current_setting('tsunagu.staff_id', true), '')::bigint))
