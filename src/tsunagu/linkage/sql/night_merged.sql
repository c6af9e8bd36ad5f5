-- The rows of the run built on, but for those reached, whose rows are new.
-- Reads: {kept}, {made}, {reached}. Writes: {made}.
-- Grain: as {made}.
-- Placeholders: {kept} a table of the run built on; {made} the same, computed now; {columns} its columns; {id} the one by
-- which rows are told apart; {reached} ids whose rows are new.
CREATE OR REPLACE TEMP TABLE {made} AS
SELECT {columns}
FROM {kept} AS k
WHERE NOT EXISTS (SELECT 1 FROM {reached} AS a WHERE a.id = k.{id})
UNION ALL
SELECT {columns}
FROM {made} AS m
WHERE EXISTS (SELECT 1 FROM {reached} AS a WHERE a.id = m.{id})
