-- Gives rows their places.
-- reads: nothing
-- writes: audit_leaf
-- grain: one row of the audit trail
-- parameters: $start, $row_ids, $hashes (two arrays of the same length)
INSERT INTO audit_leaf (leaf_index, row_id, leaf_hash)
SELECT $start::bigint + given.place - 1, given.row_id, given.leaf_hash
FROM unnest($row_ids::uuid[], $hashes::bytea[]) WITH ORDINALITY AS given (row_id, leaf_hash, place)
