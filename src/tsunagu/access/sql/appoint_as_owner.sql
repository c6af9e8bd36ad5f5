-- The owner of the tables, whom only the operator of the machine can be, appoints the first administrator.
-- reads: nothing
-- writes: the table's policies
-- grain: one policy
CREATE POLICY appoint_as_owner ON access_administratorship FOR INSERT TO CURRENT_USER
WITH CHECK (true)
