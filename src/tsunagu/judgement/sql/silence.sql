-- Who has not been seen for how long. Independent of every pack.
-- Reads: runs_population, runs_indicator_value, facts.person, judgement_silence_band. Writes: runs_silence.
-- Grain: one child of the population. Without a sighting the days run from the first day the child could have
-- been seen here (residence, else birth), at most over the indicator's window: more is not known.
-- A registered child of school age on no school's list is listed too. Whoever was struck from the register and is not seen, or whose birth is overdue, is listed at the top.
-- Parameters: as_of, school_year, indicator, unseen_from, overdue_birth_days.
CREATE OR REPLACE TEMP TABLE runs_silence AS
WITH children AS (
  SELECT
    p.person_id, p.is_unborn, p.facility_id, p.is_registered AND p.school_id IS NULL AS is_in_no_school,
    f.opened_by = 'register' AND NOT p.is_registered AND f.resident_to IS NOT NULL AS is_removed,
    greatest(coalesce(f.resident_from, f.birth_month), coalesce(f.birth_month, f.resident_from)) AS here_from,
    CAST($as_of AS DATE) > f.due_month + INTERVAL 1 MONTH + to_days(CAST($overdue_birth_days AS INTEGER))
      AS is_overdue,
    min(b.band_no) AS band_no
  FROM runs_population AS p
  JOIN facts.person AS f ON f.person_id = p.person_id
  LEFT JOIN judgement_silence_band AS b
    ON (b.is_for_unknown_age AND p.school_cohort IS NULL)
    OR (
      NOT b.is_for_unknown_age
      AND p.school_cohort IS NOT NULL
      AND coalesce(p.age_months <= b.to_age_months, b.to_age_months IS NULL)
      AND $school_year - p.school_cohort - 6 >= coalesce(b.first_school_year, -100)
      AND $school_year - p.school_cohort - 6 <= coalesce(b.last_school_year, 100)
    )
  GROUP BY p.person_id, p.is_unborn, p.facility_id, is_in_no_school, is_removed, here_from, is_overdue
),
watched AS (
  SELECT
    c.*, b.band, b.listed_after_days, b.urgent_after_days, b.unless_in_nursery,
    b.listed_if_in_no_school, v.unknown_reason,
    v.latest_event_on, v.latest_known_from, v.feeds, coalesce(v.is_lower_bound, false) AS is_partly_known,
    CASE
      WHEN c.is_unborn THEN 'not_born'
      WHEN v.state = 'value' THEN 'seen'
      WHEN v.state = 'nothing' THEN 'never_seen'
      ELSE 'unknown'
    END AS state,
    CASE
      WHEN c.is_unborn THEN NULL
      WHEN v.state = 'value' THEN CAST(v.value AS INTEGER)
      WHEN v.state = 'nothing' OR v.unknown_reason = 'moved_in_later'
        THEN datediff('day', greatest(c.here_from, CAST($unseen_from AS DATE)), CAST($as_of AS DATE))
    END AS days_unseen
  FROM children AS c
  LEFT JOIN judgement_silence_band AS b ON b.band_no = c.band_no
  LEFT JOIN runs_indicator_value AS v ON v.person_id = c.person_id AND v.indicator = $indicator
),
weighed AS (
  SELECT
    *,
    state IN ('never_seen', 'unknown') AND is_removed AS is_lost,
    state = 'not_born' AND coalesce(is_overdue, false) AS is_birth_missing,
    state = 'unknown' AND unknown_reason = 'not_linked' AND is_in_no_school
      AND coalesce(listed_if_in_no_school, false) AS is_unplaced,
    coalesce(unless_in_nursery, false) AND facility_id IS NOT NULL AS is_in_nursery
  FROM watched
)
SELECT
  person_id,
  state,
  CASE
    WHEN is_birth_missing THEN 'overdue_birth'
    WHEN is_lost THEN 'removed_from_register'
    WHEN is_unplaced THEN 'in_no_school'
    WHEN state = 'unknown' THEN coalesce(unknown_reason, 'not_loaded')
    WHEN is_in_nursery THEN 'in_nursery'
  END AS why,
  latest_event_on AS last_seen_on,
  latest_known_from,
  feeds,
  days_unseen,
  is_partly_known,
  CASE WHEN state <> 'not_born' THEN band END AS band,
  CASE WHEN state <> 'not_born' THEN listed_after_days END AS listed_after_days,
  is_lost OR is_birth_missing OR is_unplaced
    OR (NOT is_in_nursery AND coalesce(days_unseen >= listed_after_days, false)) AS is_listed,
  is_lost OR is_birth_missing OR (NOT is_in_nursery AND coalesce(days_unseen >= urgent_after_days, false))
    AS is_urgent
FROM weighed
