-- The values that two records share, under a keyed hash: what a version keeps of them.
-- Reads: weighing_counted (kind, text, people). Writes: linkage_frequency.
-- Grain: one value of one kind.
CREATE OR REPLACE TEMP TABLE linkage_frequency AS
SELECT kind, keyed_id('frequency', kind || '|' || text) AS value_key, CAST(people AS INTEGER) AS people
FROM weighing_counted
ORDER BY kind, value_key
