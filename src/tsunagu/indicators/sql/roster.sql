-- Which schools have delivered this school year's list of pupils: until then, who is a pupil there is unknown.
-- Reads: facts.coverage. Grain: one school, and '*' for lists that speak for the whole municipality.
-- is_pending: last school year's list is known and this year's is not.
-- Parameters: as_of, school_year_start, last_school_year_start.
WITH stretch AS (
  SELECT scope_id, covers_from, LEAST(covers_to, $as_of + 1) AS covers_to
  FROM facts.coverage
  WHERE
    item = 'school_enrolment'
    AND (scope_kind = 'school' OR scope_id = '*')
    AND known_from <= $as_of
    AND COALESCE(known_to > $as_of, TRUE)
    AND covers_from <= $as_of
    AND covers_from < covers_to
),
school AS (
  SELECT DISTINCT scope_id FROM stretch
  UNION
  SELECT DISTINCT scope_id FROM ind_enrolment WHERE scope_kind = 'school'
),
spoken AS (
  SELECT s.scope_id, t.covers_from, t.covers_to
  FROM school AS s
  JOIN stretch AS t ON t.scope_id = s.scope_id
  UNION ALL
  SELECT s.scope_id, t.covers_from, t.covers_to
  FROM school AS s
  CROSS JOIN stretch AS t
  WHERE t.scope_id = '*' AND s.scope_id <> '*'
)
SELECT
  scope_id,
  MAX(CASE WHEN covers_from < $school_year_start AND covers_to > $last_school_year_start THEN 1 ELSE 0 END) = 1
  AND MAX(CASE WHEN covers_to > $school_year_start THEN 1 ELSE 0 END) = 0 AS is_pending
FROM spoken
GROUP BY scope_id
