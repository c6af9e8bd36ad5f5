-- The weight of what the other members of two households say: linked with one another, or gone elsewhere.
-- Reads: scoring_told, scoring_support_weight (pattern, supported and unsupported millibits).
-- Writes: scoring_support.
-- Grain: one candidate.
CREATE OR REPLACE TEMP TABLE scoring_support AS
SELECT
  t.left_id, t.right_id,
  CAST(round(1000 * log2(
    t.told_permille / 1000.0 * power(2.0, w.supported_millibits / 1000.0)
    + (1 - t.told_permille / 1000.0) * power(2.0, w.unsupported_millibits / 1000.0)
  )) AS BIGINT) AS support_millibits
FROM scoring_told AS t
JOIN scoring_support_weight AS w ON w.pattern = t.pattern
WHERE t.is_settled = 0
