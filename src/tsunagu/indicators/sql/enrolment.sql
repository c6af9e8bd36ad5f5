-- Every known stay of a person in a school or a nursery, an end that lies ahead read as "still there".
-- Reads: facts.school_enrolment, facts.nursery_enrolment, facts.closure, facts.subject_person.
-- Grain: one known version of one stay; valid_to exclusive, at the latest the day after as_of.
-- Parameters: as_of.
WITH stay AS (
  SELECT
    'school' AS scope_kind, 'school_enrolment' AS item, subject_id, school_id AS scope_id, grade,
    valid_from, valid_to, known_from, record_id
  FROM facts.school_enrolment
  UNION ALL
  SELECT
    'facility', 'nursery_enrolment', subject_id, facility_id, NULL, valid_from, valid_to, known_from, record_id
  FROM facts.nursery_enrolment
)
SELECT
  p.person_id,
  s.scope_kind,
  s.scope_id,
  s.grade,
  COALESCE(s.valid_from, DATE '1900-01-01') AS valid_from,
  CASE WHEN s.valid_to <= $as_of THEN s.valid_to ELSE $as_of + 1 END AS valid_to,
  s.valid_to IS NULL OR s.valid_to > $as_of AS is_current,
  s.known_from,
  s.record_id
FROM stay AS s
JOIN facts.subject_person AS p ON p.subject_id = s.subject_id
WHERE
  s.known_from <= $as_of
  AND s.scope_id IS NOT NULL
  AND (s.valid_from IS NULL OR s.valid_from <= $as_of)
  AND (s.valid_to IS NULL OR s.valid_from IS NULL OR s.valid_from < s.valid_to)
  AND NOT EXISTS (
    SELECT 1
    FROM facts.closure AS c
    WHERE
      c.item = s.item
      AND c.record_id = s.record_id
      AND c.version_known_from = s.known_from
      AND c.known_to <= $as_of
  )
