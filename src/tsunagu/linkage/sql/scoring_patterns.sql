-- How often each pattern was met, in steps of rarity: all that learning needs to know of the candidates.
-- Reads: scoring_pair, scoring_settled. Grain: one pattern, rarity in whole bits, and whether the left record is
-- already settled with another.
SELECT
  p.pattern,
  CAST(round(p.rarity_millibits / 1000.0) AS INTEGER) AS rarity_bits,
  CASE WHEN s.left_id IS NULL THEN 0 ELSE 1 END AS is_taken,
  count(*) AS pairs
FROM scoring_pair AS p
LEFT JOIN scoring_settled AS s ON s.left_id = p.left_id
GROUP BY p.pattern, rarity_bits, is_taken
ORDER BY p.pattern, rarity_bits, is_taken
