-- How often each pattern was met, in steps of rarity; as scoring_patterns, but several systems speak of one person.
-- Reads: scoring_pair, weighing_left, weighing_right, weighing_taken.
-- Grain: one pattern, rarity in whole bits, and whether the record's own system has the person already.
SELECT
  p.pattern,
  CAST(round(p.rarity_millibits / 1000.0) AS INTEGER) AS rarity_bits,
  CASE WHEN t.person_id IS NULL THEN 0 ELSE 1 END AS is_taken,
  count(*) AS pairs
FROM scoring_pair AS p
JOIN weighing_left AS l ON l.id = p.left_id
JOIN weighing_right AS r ON r.id = p.right_id
LEFT JOIN weighing_taken AS t ON t.person_id = l.person_id AND t.system = r.system
GROUP BY p.pattern, rarity_bits, is_taken
ORDER BY p.pattern, rarity_bits, is_taken
