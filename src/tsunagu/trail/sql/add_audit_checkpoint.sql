-- Keeps a signed note where the screens can show it.
-- reads: nothing
-- writes: audit_checkpoint
-- grain: one checkpoint
-- parameters: $size, $note, $at
INSERT INTO audit_checkpoint (size, note, at) VALUES ($size, $note, $at)
