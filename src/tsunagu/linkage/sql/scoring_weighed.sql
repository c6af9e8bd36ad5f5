-- The weight of each candidate: same person against relative or stranger, with what is known of the households.
-- Reads: scoring_pair, scoring_settled, scoring_weight (pattern, same and relative millibits), scoring_support,
-- scoring_renaming (by sex, decade of birth and surname level), scoring_right. Writes: scoring_weighed.
-- Grain: one candidate that is not hopeless. `weight_millibits`: log2 of the odds that this pair is one person, before
-- rivals are heard.
-- Parameters: free_prior, taken_prior (log2 of the odds for a left record that is free or settled with another,
-- in millibits), relative_prior (of two records being relatives), least (candidates below it are let go).
CREATE OR REPLACE TEMP TABLE scoring_weighed AS
WITH told AS (
  SELECT
    p.left_id, p.right_id, p.pattern, p.rarity_millibits, w.same_millibits, w.relative_millibits,
    CASE WHEN s.left_id IS NULL THEN $free_prior ELSE $taken_prior END + coalesce(n.renaming_millibits, 0) AS prior_millibits,
    coalesce(h.support_millibits, 0) AS support_millibits
  FROM scoring_pair AS p
  JOIN scoring_weight AS w ON w.pattern = p.pattern
  LEFT JOIN scoring_settled AS s ON s.left_id = p.left_id
  JOIN scoring_right AS r ON r.id = p.right_id
  LEFT JOIN scoring_support AS h ON h.left_id = p.left_id AND h.right_id = p.right_id
  LEFT JOIN scoring_renaming AS n
    ON n.sex = coalesce(r.sex, 0) AND n.decade = coalesce(r.birth // 100000, 0)
    AND n.surname_level = p.pattern // 32768 % 32
),
weighed AS (
  SELECT
    *,
    -- A relative is the rival explanation; households that belong together speak for it as well.
    CAST(round(1000 * log2(1 + power(2.0, least(
      60, ($relative_prior + relative_millibits + rarity_millibits + support_millibits) / 1000.0
    )))) AS BIGINT) AS relative_penalty_millibits
  FROM told
)
SELECT
  left_id, right_id, pattern, rarity_millibits, prior_millibits, support_millibits, relative_penalty_millibits,
  CAST(
    prior_millibits + same_millibits + rarity_millibits + support_millibits - relative_penalty_millibits AS BIGINT
  ) AS weight_millibits
FROM weighed
WHERE prior_millibits + same_millibits + rarity_millibits + support_millibits - relative_penalty_millibits >= $least
