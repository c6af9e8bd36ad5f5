-- Pairs of different people under one roof, as one file has them: what relatives look like.
-- Reads: scoring_left. Writes: scoring_housemate.
-- Grain: one pair, both directions left out.
-- Parameters: left_rows, wanted (pairs, roughly), most_members (larger groups are institutions).
CREATE OR REPLACE TEMP TABLE scoring_housemate AS
WITH home AS (
  SELECT household
  FROM scoring_left
  WHERE household IS NOT NULL
  GROUP BY household
  HAVING count(*) BETWEEN 2 AND $most_members
)
SELECT a.id AS left_id, b.id AS right_id
FROM scoring_left AS a
JOIN home AS h ON h.household = a.household
JOIN scoring_left AS b ON b.household = a.household AND b.id > a.id
WHERE a.household % greatest(1, $left_rows // $wanted) = 0
