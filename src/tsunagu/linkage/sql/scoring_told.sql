-- What the other members of a pair's two households say: how sure it is that some of them are linked with one another.
-- Reads: scoring_judged (of the first pass), scoring_sample_pair, scoring_settled, scoring_left, scoring_right.
-- Writes: scoring_told.
-- Grain: one candidate, or one sampled settled link, whose two households both have other settled members.
-- `belief_permille` is the pair's own, `told_permille` that of the strongest other link between the households.
-- Parameters: least (millibits; weaker candidates tell nothing of others), most_members (larger homes are institutions).
CREATE OR REPLACE TEMP TABLE scoring_told AS
WITH judged AS (
  SELECT
    left_id, right_id, pattern, 0 AS is_settled,
    CAST(round(1000 / (1 + power(2.0, -match_millibits / 1000.0))) AS INTEGER) AS belief_permille, match_millibits
  FROM scoring_judged
),
pair AS (
  SELECT p.left_id, p.right_id, p.pattern, p.is_settled, p.belief_permille, l.household AS left_home, r.household AS right_home
  FROM (
    SELECT left_id, right_id, pattern, is_settled, belief_permille FROM judged
    UNION ALL
    SELECT DISTINCT p.left_id, p.right_id, p.pattern, 1, 1000
    FROM scoring_sample_pair AS p
    JOIN scoring_settled AS s ON s.left_id = p.left_id AND s.right_id = p.right_id
  ) AS p
  JOIN scoring_left AS l ON l.id = p.left_id
  JOIN scoring_right AS r ON r.id = p.right_id
  WHERE l.household IS NOT NULL AND r.household IS NOT NULL
),
link AS (
  SELECT k.left_id, k.right_id, k.is_settled, k.belief_permille, l.household AS left_home, r.household AS right_home
  FROM (
    SELECT left_id, right_id, 1 AS is_settled, 1000 AS belief_permille FROM scoring_settled
    UNION ALL
    SELECT left_id, right_id, is_settled, belief_permille FROM judged WHERE match_millibits >= $least
  ) AS k
  JOIN scoring_left AS l ON l.id = k.left_id
  JOIN scoring_right AS r ON r.id = k.right_id
  WHERE l.household IN (SELECT left_home FROM pair) OR r.household IN (SELECT right_home FROM pair)
),
linked AS (
  SELECT p.left_id, p.right_id, max(k.belief_permille) AS told_permille
  FROM pair AS p
  JOIN link AS k
    ON k.left_home = p.left_home AND k.right_home = p.right_home
    AND k.left_id <> p.left_id AND k.right_id <> p.right_id
  GROUP BY p.left_id, p.right_id
),
left_home AS (
  SELECT left_home AS home, sum(is_settled) AS members FROM link GROUP BY left_home
),
right_home AS (
  SELECT right_home AS home, sum(is_settled) AS members FROM link GROUP BY right_home
)
SELECT
  p.left_id, p.right_id, p.pattern, p.is_settled, p.belief_permille, coalesce(k.told_permille, 0) AS told_permille
FROM pair AS p
LEFT JOIN linked AS k ON k.left_id = p.left_id AND k.right_id = p.right_id
LEFT JOIN left_home AS lh ON lh.home = p.left_home
LEFT JOIN right_home AS rh ON rh.home = p.right_home
LEFT JOIN scoring_settled AS s ON s.left_id = p.left_id
WHERE k.told_permille IS NOT NULL
  OR (
    lh.members - CASE WHEN s.left_id IS NULL THEN 0 ELSE 1 END BETWEEN 1 AND $most_members
    AND rh.members - p.is_settled BETWEEN 1 AND $most_members
  )
