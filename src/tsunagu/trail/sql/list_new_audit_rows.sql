-- Committed rows without a place. Not by number or moment: a row that was written early may be committed late.
-- reads: audit_row, audit_leaf
-- grain: one act, oldest first
-- parameters: $batch_rows
SELECT
    r.row_id, r.at, r.staff_id, r.role, r.purpose, r.act, r.object_kind, r.object_id, r.relationship, r.outcome,
    r.request_id
FROM audit_row AS r
LEFT JOIN audit_leaf AS l ON l.row_id = r.row_id
WHERE l.row_id IS NULL
ORDER BY r.at, r.row_id
LIMIT $batch_rows
