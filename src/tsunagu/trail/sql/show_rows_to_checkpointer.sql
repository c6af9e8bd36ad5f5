-- The checkpointer reads the whole trail, whatever the policies of the screens say.
-- reads: nothing
-- writes: the policies of audit_row
-- grain: one policy
-- parameters: checkpointer (the name of a login)
CREATE POLICY show_rows_to_checkpointer ON audit_row FOR SELECT TO {checkpointer} USING (true)
