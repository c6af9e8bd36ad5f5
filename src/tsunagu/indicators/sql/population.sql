-- The children of the day: unborn to the school year in which they turn eighteen. Everybody has a row.
-- Reads: facts.person, facts.membership, facts.residence, facts.closure, facts.subject_person, ind_enrolment,
-- ind_roster. Writes: runs_population.
-- Grain: one person. Dead children are left out; children who moved away too, unless a school or nursery still
-- has them or the register removed them for being of unknown whereabouts.
-- Parameters: as_of, school_year.
WITH school AS (
  SELECT
    e.person_id,
    MAX_BY(e.scope_id, {'d': e.valid_from, 'k': e.known_from, 'r': e.record_id}) AS school_id,
    MAX_BY(e.grade, {'d': e.valid_from, 'k': e.known_from, 'r': e.record_id}) AS grade
  FROM ind_enrolment AS e
  LEFT JOIN ind_roster AS r ON r.scope_id = e.scope_id
  WHERE e.scope_kind = 'school' AND e.is_current AND NOT COALESCE(r.is_pending, FALSE)
  GROUP BY e.person_id
),
facility AS (
  SELECT
    person_id, MAX_BY(scope_id, {'d': valid_from, 'k': known_from, 'r': record_id}) AS facility_id
  FROM ind_enrolment
  WHERE scope_kind = 'facility' AND is_current
  GROUP BY person_id
),
household AS (
  SELECT
    person_id,
    MAX_BY(household_id, {'d': COALESCE(valid_from, DATE '1900-01-01'), 'h': household_id}) AS household_id
  FROM facts.membership
  WHERE (valid_from IS NULL OR valid_from <= $as_of) AND (valid_to IS NULL OR valid_to > $as_of)
  GROUP BY person_id
),
still_here AS (
  SELECT person_id FROM ind_enrolment WHERE is_current
  UNION
  SELECT p.person_id
  FROM facts.residence AS f
  JOIN facts.subject_person AS p ON p.subject_id = f.subject_id
  WHERE
    f.resident_status = 'removed'
    AND f.known_from <= $as_of
    AND (f.valid_from IS NULL OR f.valid_from <= $as_of)
    AND NOT EXISTS (
      SELECT 1
      FROM facts.closure AS c
      WHERE
        c.item = 'residence'
        AND c.record_id = f.record_id
        AND c.version_known_from = f.known_from
        AND c.known_to <= $as_of
    )
)
SELECT
  p.person_id,
  CASE
    WHEN p.birth_month IS NOT NULL
      THEN (YEAR($as_of) - YEAR(p.birth_month)) * 12 + MONTH($as_of) - MONTH(p.birth_month)
  END AS age_months,
  CASE
    WHEN p.birth_month IS NOT NULL
      THEN CAST(
        FLOOR(((YEAR($as_of) - YEAR(p.birth_month)) * 12 + MONTH($as_of) - MONTH(p.birth_month)) / 12.0) AS INTEGER
      )
  END AS age_years,
  p.school_cohort,
  s.grade,
  s.school_id,
  f.facility_id,
  p.district,
  p.sex,
  p.is_registered,
  p.birth_month IS NULL AND p.due_month IS NOT NULL AS is_unborn,
  h.household_id
FROM facts.person AS p
LEFT JOIN school AS s ON s.person_id = p.person_id
LEFT JOIN facility AS f ON f.person_id = p.person_id
LEFT JOIN household AS h ON h.person_id = p.person_id
LEFT JOIN still_here AS t ON t.person_id = p.person_id
WHERE
  (p.died_on IS NULL OR p.died_on > $as_of)
  AND (p.resident_to IS NULL OR p.resident_to > $as_of OR t.person_id IS NOT NULL)
  AND CASE
    WHEN p.birth_month IS NULL AND p.due_month IS NOT NULL
      THEN p.due_month >= CAST($as_of - INTERVAL '12' MONTH AS DATE)
    WHEN p.school_cohort IS NOT NULL
      THEN $school_year <= p.school_cohort + 18
    ELSE p.opened_by <> 'register'
  END
