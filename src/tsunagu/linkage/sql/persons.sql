-- What the facts zone may know of each person: month of birth, school cohort, sex, district, residence.
-- Reads: linkage_link, linkage_spine, linkage_subject, linkage_protected. Writes: linkage_person.
-- Grain: one person. The district of a person under address protection is null.
-- Parameters: as_of.
CREATE OR REPLACE TEMP TABLE linkage_person AS
WITH opened AS (
  SELECT
    l.person_id,
    min(t.birth_date) AS birth_date,
    min(t.sex) AS sex,
    min(t.due_on) AS due_on,
    min_by(l.feed, l.known_from) AS opened_by
  FROM linkage_link AS l
  LEFT JOIN linkage_subject AS t ON t.subject_id = l.subject_id
  WHERE l.rule = 'opened'
  GROUP BY l.person_id
),
everybody AS (
  SELECT
    person_id, birth_date, sex, CAST(NULL AS DATE) AS due_on, district, resident_status, resident_from,
    removed_on, 'register' AS opened_by
  FROM linkage_spine
  UNION ALL
  SELECT
    o.person_id, o.birth_date, o.sex, CASE WHEN o.birth_date IS NULL THEN o.due_on END, NULL, NULL, NULL,
    NULL, o.opened_by
  FROM opened AS o
),
first_known AS (
  SELECT person_id, min(known_from) AS first_known_from FROM linkage_link GROUP BY person_id
)
SELECT
  e.person_id,
  CAST(date_trunc('month', e.birth_date) AS DATE) AS birth_month,
  -- Born on 1 April belongs to the year before (in law a year of age is completed on the eve of the birthday).
  CASE
    WHEN e.birth_date IS NULL THEN NULL
    WHEN month(e.birth_date) * 100 + day(e.birth_date) <= 401 THEN year(e.birth_date) - 1
    ELSE year(e.birth_date)
  END AS school_cohort,
  CAST(date_trunc('month', e.due_on) AS DATE) AS due_month,
  e.sex,
  CASE WHEN p.person_id IS NULL THEN e.district END AS district,
  coalesce(e.resident_status = 'resident', false) AND (e.removed_on IS NULL OR e.removed_on > $as_of)
    AS is_registered,
  -- A residence since birth must not tell the day of birth.
  CASE
    WHEN e.resident_from = e.birth_date THEN CAST(date_trunc('month', e.birth_date) AS DATE)
    ELSE e.resident_from
  END AS resident_from,
  e.removed_on AS resident_to,
  CASE WHEN e.resident_status = 'deceased' THEN e.removed_on END AS died_on,
  f.first_known_from,
  e.opened_by
FROM everybody AS e
JOIN first_known AS f ON f.person_id = e.person_id
LEFT JOIN linkage_protected AS p ON p.person_id = e.person_id
