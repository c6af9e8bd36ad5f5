-- The first narrowing, step by step.
-- Reads: runs.population, runs.indicator_value, runs.judgement, runs.silence, facts.subject_person, facts.person.
-- Grain: one row. `reached` is a child of whom any department but the register knows something.
WITH listed AS (
  SELECT person_id, max(CASE WHEN need_level = 'urgent' THEN 1 ELSE 0 END) AS is_urgent
  FROM runs.judgement
  WHERE is_listed
  GROUP BY person_id
),
found AS (
  SELECT DISTINCT person_id FROM runs.judgement WHERE need_level NOT IN ('no_finding', 'unknown')
),
reached AS (
  SELECT DISTINCT person_id FROM runs.indicator_value WHERE evidence_rows > 0
)
SELECT
  count(*) AS everybody,
  sum(CASE WHEN p.is_unborn THEN 1 ELSE 0 END) AS unborn,
  sum(CASE WHEN p.is_registered OR p.is_unborn THEN 0 ELSE 1 END) AS unregistered,
  sum(CASE WHEN r.person_id IS NOT NULL THEN 1 ELSE 0 END) AS reached,
  sum(CASE WHEN f.person_id IS NOT NULL THEN 1 ELSE 0 END) AS found,
  sum(CASE WHEN l.person_id IS NOT NULL THEN 1 ELSE 0 END) AS listed,
  sum(coalesce(l.is_urgent, 0)) AS urgent
FROM runs.population AS p
LEFT JOIN reached AS r ON r.person_id = p.person_id
LEFT JOIN found AS f ON f.person_id = p.person_id
LEFT JOIN listed AS l ON l.person_id = p.person_id
