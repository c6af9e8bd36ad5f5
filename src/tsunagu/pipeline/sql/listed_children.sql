-- The children put before people, loudest first.
-- Reads: runs.judgement, runs.population, runs.silence.
-- Grain: one child. Days unseen come before points: nobody having seen a child is louder than a sum.
-- Parameters: most.
WITH listed AS (
  SELECT
    person_id, max(need_rank) AS need_rank, max_by(need_level, need_rank) AS need_level,
    sum(points) AS points
  FROM runs.judgement
  WHERE is_listed
  GROUP BY person_id
)
SELECT
  l.person_id, l.need_level, p.age_years, p.grade, p.is_unborn, s.days_unseen, coalesce(s.is_listed, false)
FROM listed AS l
JOIN runs.population AS p ON p.person_id = l.person_id
LEFT JOIN runs.silence AS s ON s.person_id = l.person_id
ORDER BY l.need_rank DESC, coalesce(s.is_urgent, false) DESC, l.points DESC, s.days_unseen DESC NULLS LAST, l.person_id
LIMIT $most
