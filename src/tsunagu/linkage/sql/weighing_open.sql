-- The records that the exact keys left.
-- Reads: scoring_right, weighing_right. Writes: scoring_open.
-- Grain: one record.
CREATE OR REPLACE TEMP TABLE scoring_open AS
SELECT s.*
FROM scoring_right AS s
JOIN weighing_right AS r ON r.id = s.id
WHERE r.person_id IS NULL
