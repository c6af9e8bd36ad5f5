-- For whoever looks into an emergency opening.
-- reads: audit_row
-- writes: an index of audit_row
-- grain: one installation
CREATE INDEX audit_row_by_breaking ON audit_row (relationship, at) WHERE relationship LIKE 'breaking/%'
