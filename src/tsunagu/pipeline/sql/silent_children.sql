-- The children nobody has seen for too long, longest first; then those whose birth is overdue.
-- Reads: runs.silence, runs.population.
-- Grain: one child.
-- Parameters: most.
SELECT
  s.person_id, p.age_years, p.grade, p.is_unborn, s.days_unseen, s.last_seen_on, s.state, s.why,
  s.feeds
FROM runs.silence AS s
JOIN runs.population AS p ON p.person_id = s.person_id
WHERE s.is_listed
ORDER BY s.is_urgent DESC, p.is_unborn, s.days_unseen DESC NULLS FIRST, s.person_id
LIMIT $most
