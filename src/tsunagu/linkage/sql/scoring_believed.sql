-- How many candidates of each pattern are one person, rivals heard.
-- Reads: scoring_judged. Grain: one pattern. Sums of whole millionths, so their order is no matter.
SELECT
  pattern,
  CAST(sum(CAST(round(1000000 / (1 + power(2.0, -match_millibits / 1000.0))) AS BIGINT)) AS BIGINT) AS pairs_millionths
FROM scoring_judged
GROUP BY pattern
ORDER BY pattern
