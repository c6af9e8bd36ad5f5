-- The children put before people for some purposes, loudest first.
-- Reads: runs.judgement, runs.population, runs.silence.
-- Grain: one child. Days unseen come before points: nobody having seen a child is louder than a sum. `need_level` null:
-- only the silence watch lists the child.
-- Parameters: purposes; reads_silence (what the watch knows may be told), lists_silent (whom the watch alone lists counts).
WITH listed AS (
  SELECT
    person_id, max(need_rank) AS need_rank, max_by(need_level, need_rank) AS need_level,
    sum(points) AS points
  FROM runs.judgement
  WHERE is_listed AND purpose IN (SELECT unnest($purposes))
  GROUP BY person_id
)
SELECT
  p.person_id, l.need_level, p.age_months, p.age_years, p.grade, p.school_id, p.facility_id, p.district,
  p.is_unborn, p.is_registered, s.days_unseen, coalesce(s.is_listed, false)
FROM runs.population AS p
LEFT JOIN listed AS l ON l.person_id = p.person_id
LEFT JOIN runs.silence AS s ON s.person_id = p.person_id AND $reads_silence
WHERE l.person_id IS NOT NULL OR ($lists_silent AND coalesce(s.is_listed, false))
ORDER BY
  coalesce(l.need_rank, -1) DESC, coalesce(s.is_urgent, false) DESC, coalesce(l.points, 0) DESC,
  s.days_unseen DESC NULLS LAST, p.person_id
