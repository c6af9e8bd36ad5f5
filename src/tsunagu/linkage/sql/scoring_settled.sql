-- Links that need no weighing: the corroborated key is unique, seen from either side.
-- Reads: scoring_close_pair. Writes: scoring_settled.
-- Grain: one link.
CREATE OR REPLACE TEMP TABLE scoring_settled AS
WITH close AS (
  SELECT left_id, right_id, rule FROM scoring_close_pair WHERE rule IS NOT NULL
),
left_once AS (
  SELECT left_id FROM close GROUP BY left_id HAVING count(*) = 1
),
right_once AS (
  SELECT right_id FROM close GROUP BY right_id HAVING count(*) = 1
)
SELECT c.left_id, c.right_id, c.rule
FROM close AS c
JOIN left_once AS l ON l.left_id = c.left_id
JOIN right_once AS r ON r.right_id = c.right_id
