-- absent_run_days, as of 2025-07-31

CREATE OR REPLACE TEMP TABLE ind_need AS
SELECT 'attendance_mark' AS item, 'resets_8' AS calendar, TRUE AS resets, 'school' AS scope_kind, CAST('2025-08-01' AS DATE) AS window_end;

CREATE OR REPLACE TEMP TABLE ind_rows_attendance_mark AS
SELECT
  l.person_id,
  f.mark,
  f.occurred_on,
  f.known_from,
  f.record_id,
  f.feed
FROM facts.attendance_mark AS f
JOIN facts.subject_person AS l
  ON l.subject_id = f.subject_id
LEFT JOIN ind_people AS p
  ON p.person_id = l.person_id
WHERE
  f.known_from <= CAST('2025-07-31' AS DATE)
  AND NOT EXISTS(
    SELECT
      1
    FROM facts.closure AS c
    WHERE
      c.item = 'attendance_mark'
      AND c.record_id = f.record_id
      AND c.version_known_from = f.known_from
      AND c.known_to <= CAST('2025-07-31' AS DATE)
  )
  AND (
    f.occurred_on <= CAST('2025-07-31' AS DATE) OR f.occurred_on IS NULL
  )
  AND CAST('2025-04-01' AS DATE) <= f.occurred_on;

CREATE OR REPLACE TEMP TABLE ind_groups_attendance_mark AS
SELECT
  person_id,
  COUNT(*) AS item_rows,
  SUM(absent_run_days_is) AS absent_run_days_rows,
  MAX(CASE WHEN absent_run_days_is = 1 THEN occurred_on ELSE NULL END) AS absent_run_days_event_on,
  MAX(CASE WHEN absent_run_days_is = 1 THEN known_from ELSE NULL END) AS absent_run_days_known_on,
  MIN(CASE WHEN absent_run_days_is = 1 THEN feed ELSE NULL END) AS absent_run_days_first_feed,
  MAX(CASE WHEN absent_run_days_is = 1 THEN feed ELSE NULL END) AS absent_run_days_last_feed
FROM (
  SELECT
    *,
    CASE
      WHEN occurred_on < CAST('2025-08-01' AS DATE)
      AND CAST('2025-04-01' AS DATE) <= occurred_on
      AND mark IN ('absent')
      THEN 1
      ELSE 0
    END AS absent_run_days_is
  FROM ind_rows_attendance_mark
) AS r
GROUP BY
  person_id;

CREATE OR REPLACE TEMP TABLE ind_ordered_absent_run_days AS
SELECT
  person_id,
  CAST(length AS DOUBLE) AS number,
  event_on
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY person_id ORDER BY length DESC, event_on DESC) AS place
  FROM (
    SELECT
      person_id,
      COUNT(DISTINCT step) AS length,
      MAX(event_on) AS event_on
    FROM (
      SELECT
        *,
        step - DENSE_RANK() OVER (PARTITION BY person_id ORDER BY step) AS island
      FROM (
        SELECT
          h.person_id,
          h.event_on,
          o.step
        FROM (
          SELECT DISTINCT
            person_id,
            occurred_on AS event_on
          FROM ind_rows_attendance_mark
          WHERE
            occurred_on < CAST('2025-08-01' AS DATE)
            AND CAST('2025-04-01' AS DATE) <= occurred_on
            AND mark IN ('absent')
        ) AS h
        JOIN (
          SELECT
            event_on,
            ROW_NUMBER() OVER (ORDER BY event_on) AS step
          FROM (
            SELECT DISTINCT
              occurred_on AS event_on
            FROM ind_rows_attendance_mark
            WHERE
              NOT occurred_on IS NULL
          ) AS days
        ) AS o
          ON o.event_on = h.event_on
      ) AS steps
    ) AS islands
    GROUP BY
      person_id,
      island
  ) AS runs
) AS ranked
WHERE
  place = 1;

CREATE OR REPLACE TEMP TABLE runs_indicator_value AS
SELECT
  CAST(NULL AS BIGINT) AS person_id,
  CAST(NULL AS TEXT) AS indicator,
  CAST(NULL AS TEXT) AS state,
  CAST(NULL AS DOUBLE) AS value,
  CAST(NULL AS TEXT) AS text_value,
  CAST(NULL AS TEXT) AS unknown_reason,
  CAST(NULL AS BOOLEAN) AS is_lower_bound,
  CAST(NULL AS DATE) AS latest_event_on,
  CAST(NULL AS DATE) AS latest_known_from,
  CAST(NULL AS INT) AS evidence_rows,
  CAST(NULL AS TEXT) AS feeds
FROM runs_population
WHERE
  FALSE;

INSERT INTO runs_indicator_value
SELECT
  *
FROM (
  SELECT
    person_id,
    'absent_run_days' AS indicator,
    state,
    CASE WHEN state = 'value' THEN answer END AS value,
    CASE WHEN state = 'value' THEN answer_text END AS text_value,
    unknown_reason,
    COALESCE(state = 'value' AND is_short, FALSE) AS is_lower_bound,
    latest_event_on,
    latest_known_from,
    evidence_rows,
    CASE
      WHEN first_feed = last_feed
      THEN first_feed
      ELSE first_feed || ',' || last_feed
    END AS feeds
  FROM (
    SELECT
      person_id,
      CASE
        WHEN NOT blocked IS NULL
        THEN 'unknown'
        WHEN FALSE
        THEN 'unknown'
        WHEN is_answer
        THEN 'value'
        WHEN NOT gap IS NULL
        THEN 'unknown'
        ELSE 'value'
      END AS state,
      CASE
        WHEN NOT blocked IS NULL
        THEN blocked
        WHEN FALSE
        THEN 'stale'
        WHEN is_answer
        THEN NULL
        ELSE gap
      END AS unknown_reason,
      CASE WHEN is_answer THEN answer ELSE CAST(0 AS DOUBLE) END AS answer,
      CASE WHEN is_answer THEN answer_text ELSE NULL END AS answer_text,
      is_answer AND NOT gap IS NULL AS is_short,
      CASE WHEN blocked IS NULL THEN event_on END AS latest_event_on,
      CASE WHEN blocked IS NULL THEN known_on END AS latest_known_from,
      CASE WHEN blocked IS NULL THEN COALESCE(found_rows, 0) ELSE 0 END AS evidence_rows,
      CASE WHEN blocked IS NULL THEN first_feed END AS first_feed,
      CASE WHEN blocked IS NULL THEN last_feed END AS last_feed
    FROM (
      SELECT
        *,
        NOT answer IS NULL OR NOT answer_text IS NULL AS is_answer
      FROM (
        SELECT
          *,
          COALESCE(
            pupil_gap,
            CASE
              WHEN is_roster_pending
              THEN 'new_school_year'
              WHEN GREATEST(CAST('2025-04-01' AS DATE), life_from) < moved_in_on
              THEN 'moved_in_later'
              WHEN COALESCE(last_to_1, CAST('1900-01-01' AS DATE)) <= GREATEST(CAST('2025-04-01' AS DATE), life_from)
              THEN CASE
                WHEN NOT has_schools
                THEN 'not_loaded'
                WHEN is_unborn OR NOT (
                  2025 - school_cohort - 6 BETWEEN 1 AND 9
                )
                THEN 'not_applicable'
                ELSE 'not_linked'
              END
              WHEN uncovered_until_1 <= GREATEST(CAST('2025-04-01' AS DATE), life_from)
              THEN NULL
              WHEN CAST('2024-04-01' AS DATE) < ran_out_on_1
              AND ran_out_on_1 <= CAST('2025-04-01' AS DATE)
              THEN 'new_school_year'
              WHEN GREATEST(CAST('2025-04-01' AS DATE), life_from) < ran_out_on_1
              THEN 'stale'
              ELSE 'not_loaded'
            END
          ) AS gap,
          CASE
            WHEN COALESCE(pupil_gap = 'not_applicable', FALSE)
            THEN 'not_applicable'
            ELSE NULL
          END AS blocked
        FROM (
          SELECT
            p.*,
            COALESCE(w1.absent_run_days_rows, 0) AS found_rows,
            o.event_on AS event_on,
            w1.absent_run_days_known_on AS known_on,
            w1.absent_run_days_first_feed AS first_feed,
            w1.absent_run_days_last_feed AS last_feed,
            o.number AS answer,
            CAST(NULL AS TEXT) AS answer_text,
            c1.uncovered_until AS uncovered_until_1,
            c1.ran_out_on AS ran_out_on_1,
            c1.last_to AS last_to_1
          FROM ind_people AS p
          LEFT JOIN ind_groups_attendance_mark AS w1
            ON w1.person_id = p.person_id
          LEFT JOIN (
            SELECT
              *
            FROM ind_reach_person
            WHERE
              item = 'attendance_mark'
              AND calendar = 'resets_8'
              AND window_end = CAST('2025-08-01' AS DATE)
          ) AS c1
            ON c1.person_id = p.person_id
          LEFT JOIN ind_ordered_absent_run_days AS o
            ON o.person_id = p.person_id
        ) AS found
      ) AS judged
    ) AS answered
  ) AS states
) AS verdict
WHERE
  person_id IN (
    SELECT
      person_id
    FROM runs_population
  );
