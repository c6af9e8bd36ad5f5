-- Everybody a result is needed of: the children, and those relatives whose results a child's own result counts.
-- Reads: facts.person, facts.coverage, runs_population, ind_relative, ind_enrolment, ind_roster.
-- Writes: ind_people. Grain: one person.
-- life_from, conceived_from: first day of the child's own time. moved_in_on: null when resident since birth.
-- pupil_gap, nursery_gap: why the person is not known to be a pupil, in a nursery; null = is one.
-- Parameters: as_of, school_year.
WITH wanted AS (
  SELECT person_id FROM runs_population
  UNION
  SELECT relative_id FROM ind_relative
),
loaded AS (
  SELECT
    MAX(CASE WHEN item = 'school_enrolment' THEN 1 ELSE 0 END) = 1 AS has_schools,
    MAX(CASE WHEN item = 'nursery_enrolment' THEN 1 ELSE 0 END) = 1 AS has_nurseries
  FROM facts.coverage
  WHERE known_from <= $as_of AND COALESCE(known_to > $as_of, TRUE) AND covers_from <= $as_of
),
pending AS (
  SELECT MAX(CASE WHEN is_pending THEN 1 ELSE 0 END) = 1 AS is_anywhere FROM ind_roster
),
attending AS (
  SELECT
    e.person_id,
    MAX(CASE WHEN e.scope_kind = 'school' THEN 1 ELSE 0 END) = 1 AS is_at_school,
    MAX(CASE WHEN e.scope_kind = 'facility' THEN 1 ELSE 0 END) = 1 AS is_at_nursery,
    MAX(CASE WHEN e.scope_kind = 'school' AND r.is_pending THEN 1 ELSE 0 END) = 1 AS is_pending
  FROM ind_enrolment AS e
  LEFT JOIN ind_roster AS r ON r.scope_id = e.scope_id
  WHERE e.is_current
  GROUP BY e.person_id
),
person AS (
  SELECT
    p.person_id,
    c.person_id IS NOT NULL AS is_child,
    p.is_registered,
    p.birth_month,
    p.birth_month IS NULL AND p.due_month IS NOT NULL AS is_unborn,
    CASE
      WHEN p.birth_month IS NOT NULL
        THEN CAST(
          FLOOR(((YEAR($as_of) - YEAR(p.birth_month)) * 12 + MONTH($as_of) - MONTH(p.birth_month)) / 12.0)
          AS INTEGER
        )
    END AS age_years,
    p.school_cohort,
    -- Grade 1 to 9 are elementary 1 to junior high 3.
    $school_year - p.school_cohort - 6 AS grade_number,
    CASE
      WHEN p.resident_from >= CAST(p.birth_month + INTERVAL '1' MONTH AS DATE) OR p.birth_month IS NULL
        THEN p.resident_from
    END AS moved_in_on,
    COALESCE(
      p.birth_month, CAST(p.due_month - INTERVAL '10' MONTH AS DATE), DATE '1900-01-01'
    ) AS life_from,
    COALESCE(
      CAST(COALESCE(p.birth_month, p.due_month) - INTERVAL '10' MONTH AS DATE), DATE '1900-01-01'
    ) AS conceived_from,
    c.household_id IS NOT NULL AS has_household
  FROM facts.person AS p
  JOIN wanted AS w ON w.person_id = p.person_id
  LEFT JOIN runs_population AS c ON c.person_id = p.person_id
),
placed AS (
  SELECT
    p.*,
    COALESCE(a.is_at_school, FALSE) AS is_at_school,
    COALESCE(a.is_at_nursery, FALSE) AS is_at_nursery,
    l.has_schools,
    l.has_nurseries,
    -- Unknown age is neither: null.
    CASE WHEN p.is_unborn THEN FALSE ELSE p.grade_number BETWEEN 1 AND 9 END AS is_school_age,
    CASE
      WHEN COALESCE(a.is_at_school, FALSE) THEN a.is_pending
      ELSE
        NOT p.is_unborn
        AND COALESCE(p.grade_number BETWEEN 1 AND 9, FALSE)
        AND COALESCE(n.is_anywhere, FALSE)
    END AS is_roster_pending
  FROM person AS p
  CROSS JOIN loaded AS l
  CROSS JOIN pending AS n
  LEFT JOIN attending AS a ON a.person_id = p.person_id
)
SELECT
  person_id,
  is_child,
  is_registered,
  birth_month,
  is_unborn,
  age_years,
  school_cohort,
  moved_in_on,
  life_from,
  conceived_from,
  has_household,
  COALESCE(has_schools, FALSE) AS has_schools,
  COALESCE(has_nurseries, FALSE) AS has_nurseries,
  is_roster_pending,
  CASE
    WHEN is_at_school AND NOT is_roster_pending THEN NULL
    WHEN is_at_school THEN 'new_school_year'
    WHEN NOT is_school_age THEN 'not_applicable'
    WHEN NOT COALESCE(has_schools, FALSE) THEN 'not_loaded'
    WHEN is_roster_pending THEN 'new_school_year'
    ELSE 'not_linked'
  END AS pupil_gap,
  CASE
    WHEN is_at_nursery THEN NULL
    WHEN NOT COALESCE(has_nurseries, FALSE) AND NOT is_unborn AND COALESCE(grade_number < 1, TRUE) THEN 'not_loaded'
    ELSE 'not_applicable'
  END AS nursery_gap
FROM placed
