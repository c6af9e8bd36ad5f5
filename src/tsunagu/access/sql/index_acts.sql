-- For whoever reviews the acts of some days.
-- reads: audit_row
-- writes: an index of audit_row
-- grain: one installation
CREATE INDEX audit_row_by_moment ON audit_row (at)
