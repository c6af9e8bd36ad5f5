-- How sure candidates are, by sex and decade of birth and by how their surnames compare; and the settled links sampled.
-- Reads: scoring_judged (of the first pass), scoring_sample_pair, scoring_settled, scoring_right.
-- Grain: one sex, decade of birth, surname level (see levels.py), weight in steps of half a bit. Settled links are certain.
SELECT
  coalesce(r.sex, 0) AS sex, coalesce(r.birth // 100000, 0) AS decade, p.pattern // 32768 % 32 AS surname_level,
  p.is_settled, p.weight_millibits, count(*) AS pairs
FROM (
  SELECT right_id, pattern, 0 AS is_settled, CAST(round(match_millibits / 500.0) AS BIGINT) * 500 AS weight_millibits
  FROM scoring_judged
  UNION ALL
  SELECT right_id, pattern, 1, 60000
  FROM (
    SELECT DISTINCT p.left_id, p.right_id, p.pattern
    FROM scoring_sample_pair AS p
    JOIN scoring_settled AS s ON s.left_id = p.left_id AND s.right_id = p.right_id
  ) AS settled
) AS p
JOIN scoring_right AS r ON r.id = p.right_id
GROUP BY ALL
ORDER BY ALL
