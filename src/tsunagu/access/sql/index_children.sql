-- For whoever asks who opened a child.
-- reads: audit_row
-- writes: an index of audit_row
-- grain: one installation
CREATE INDEX audit_row_by_child ON audit_row (object_id, at) WHERE object_kind = 'child'
