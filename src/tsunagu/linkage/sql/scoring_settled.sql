-- Links that need no weighing: the corroborated key is unique, seen from either side.
-- Reads: scoring_close_pair. Writes: scoring_settled.
-- Grain: one link.
CREATE OR REPLACE TEMP TABLE scoring_settled AS
WITH counted AS (
  SELECT
    left_id, right_id, rule,
    count(*) OVER (PARTITION BY left_id) AS left_rivals,
    count(*) OVER (PARTITION BY right_id) AS right_rivals
  FROM scoring_close_pair
  WHERE rule IS NOT NULL
)
SELECT left_id, right_id, rule
FROM counted
WHERE left_rivals = 1 AND right_rivals = 1
