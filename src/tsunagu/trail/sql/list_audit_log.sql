-- A stretch of the log in its order. A row that is gone leaves nulls.
-- reads: audit_leaf, audit_row
-- grain: one place
-- parameters: $start, $stop (places; the upper bound exclusive)
SELECT
    l.leaf_index, r.row_id, r.at, r.staff_id, r.role, r.purpose, r.act, r.object_kind, r.object_id, r.relationship,
    r.outcome, r.request_id
FROM audit_leaf AS l
LEFT JOIN audit_row AS r ON r.row_id = l.row_id
WHERE l.leaf_index >= $start AND l.leaf_index < $stop
ORDER BY l.leaf_index
