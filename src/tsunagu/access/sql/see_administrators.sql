-- Whoever is signed in sees who the administrators are. Has no inner SELECT, so that the other policies may ask this one.
-- reads: the session's context
-- writes: the table's policies
-- grain: one policy
CREATE POLICY see_administrators ON access_administratorship FOR SELECT
USING (nullif(current_setting('tsunagu.staff_id', true), '') IS NOT NULL)
