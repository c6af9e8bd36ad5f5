-- How often each pattern was met together with a link between the other members of the two households.
-- Reads: scoring_told. Grain: one pattern, candidates and settled links apart. Sums in thousandths of a pair.
SELECT
  pattern, is_settled,
  CAST(sum(belief_permille) AS BIGINT) AS pairs_permille,
  CAST(sum(belief_permille * told_permille // 1000) AS BIGINT) AS told_permille
FROM scoring_told
GROUP BY pattern, is_settled
ORDER BY pattern, is_settled
