-- The signed notes. What counts is their copies outside; these are for the screens.
-- reads: nothing
-- writes: audit_checkpoint (a table)
-- grain: one checkpoint
CREATE TABLE audit_checkpoint (
    checkpoint_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    size bigint NOT NULL CHECK (size >= 0),
    note text NOT NULL,
    at timestamptz NOT NULL
)
