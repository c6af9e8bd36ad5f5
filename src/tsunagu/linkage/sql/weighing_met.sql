-- The rows of the register's side whom some waiting record might be.
-- Reads: weighing_left, scoring_candidate. Writes: weighing_met.
-- Grain: one row of weighing_left.
CREATE OR REPLACE TEMP TABLE weighing_met AS
SELECT *
FROM weighing_left AS l
WHERE EXISTS (SELECT 1 FROM scoring_candidate AS c WHERE c.left_id = l.id)
