-- What the other members of two households say: they were linked with one another, or they went elsewhere.
-- Reads: scoring_pair, scoring_left, scoring_right, scoring_settled, scoring_judged (of the first pass).
-- Writes: scoring_support.
-- Grain: one candidate whose two households both have other members that say something.
-- Parameters: supported, unsupported (millibits), least (first-pass links that count), most_members.
CREATE OR REPLACE TEMP TABLE scoring_support AS
WITH link AS (
  SELECT left_id, right_id, 1000 AS belief_permille FROM scoring_settled
  UNION ALL
  SELECT left_id, right_id, CAST(round(1000 / (1 + power(2.0, -match_millibits / 1000.0))) AS INTEGER)
  FROM scoring_judged
  WHERE match_millibits >= $least
),
home_link AS (
  SELECT l.household AS left_home, r.household AS right_home, k.left_id, k.right_id, k.belief_permille
  FROM link AS k
  JOIN scoring_left AS l ON l.id = k.left_id
  JOIN scoring_right AS r ON r.id = k.right_id
  WHERE l.household IS NOT NULL AND r.household IS NOT NULL
),
pair AS (
  SELECT p.left_id, p.right_id, l.household AS left_home, r.household AS right_home
  FROM scoring_pair AS p
  JOIN scoring_left AS l ON l.id = p.left_id
  JOIN scoring_right AS r ON r.id = p.right_id
  WHERE l.household IS NOT NULL AND r.household IS NOT NULL
),
supported AS (
  SELECT p.left_id, p.right_id, max(h.belief_permille) AS belief_permille
  FROM pair AS p
  JOIN home_link AS h
    ON h.left_home = p.left_home AND h.right_home = p.right_home
    AND h.left_id <> p.left_id AND h.right_id <> p.right_id
  GROUP BY p.left_id, p.right_id
),
left_gone AS (
  SELECT household, count(*) AS members
  FROM scoring_left AS l
  JOIN scoring_settled AS s ON s.left_id = l.id
  WHERE household IS NOT NULL
  GROUP BY household
  HAVING count(*) <= $most_members
),
right_gone AS (
  SELECT household, count(*) AS members
  FROM scoring_right AS r
  JOIN scoring_settled AS s ON s.right_id = r.id
  WHERE household IS NOT NULL
  GROUP BY household
  HAVING count(*) <= $most_members
)
SELECT
  p.left_id, p.right_id,
  CAST(CASE
    WHEN s.belief_permille IS NULL THEN $unsupported
    ELSE round(1000 * log2(
      s.belief_permille / 1000.0 * power(2.0, $supported / 1000.0)
      + (1 - s.belief_permille / 1000.0) * power(2.0, $unsupported / 1000.0)
    ))
  END AS BIGINT) AS support_millibits
FROM pair AS p
LEFT JOIN supported AS s ON s.left_id = p.left_id AND s.right_id = p.right_id
LEFT JOIN left_gone AS lg ON lg.household = p.left_home
LEFT JOIN right_gone AS rg ON rg.household = p.right_home
WHERE s.belief_permille IS NOT NULL OR (lg.members IS NOT NULL AND rg.members IS NOT NULL)
