-- The place of one row.
-- reads: audit_leaf
-- grain: at most one place
-- parameters: $row_id
SELECT leaf_index FROM audit_leaf WHERE row_id = $row_id
