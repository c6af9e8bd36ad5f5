-- A row's place in the Merkle tree, given after its commit by the checkpointer alone.
-- reads: nothing
-- writes: audit_leaf (a table)
-- grain: one row of the audit trail
CREATE TABLE audit_leaf (
    leaf_index bigint PRIMARY KEY CHECK (leaf_index >= 0),
    row_id uuid NOT NULL UNIQUE REFERENCES audit_row,
    leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32)
)
