-- The last signed notes.
-- reads: audit_checkpoint
-- grain: one checkpoint, the latest first
SELECT at, size, note FROM audit_checkpoint ORDER BY checkpoint_id DESC LIMIT 30
