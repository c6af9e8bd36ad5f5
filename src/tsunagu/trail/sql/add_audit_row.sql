-- Records one act in the transaction it happens in.
-- reads: the transaction's settings
-- writes: audit_row
-- grain: one act
-- parameters: $role, $act, $object_kind, $object_id, $relationship, $outcome
INSERT INTO audit_row (role, act, object_kind, object_id, relationship, outcome)
VALUES ($role, $act, $object_kind, $object_id, $relationship, $outcome)
