-- How many rows have a place, and the last place given: one less, unless some are gone.
-- reads: audit_leaf
-- grain: one number of rows and one place (null when there are none)
SELECT COUNT(*), MAX(leaf_index) FROM audit_leaf
