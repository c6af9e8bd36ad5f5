-- The checkpointer adds signed notes and reads them.
-- reads: nothing
-- writes: the policies of audit_checkpoint
-- grain: one policy
-- parameters: checkpointer (the name of a login)
CREATE POLICY show_notes_to_checkpointer ON audit_checkpoint FOR ALL TO {checkpointer} USING (true) WITH CHECK (true)
