-- language_score, as of 2025-07-31

CREATE OR REPLACE TEMP TABLE ind_need AS
SELECT 'learning_survey' AS item, 'plain' AS calendar, FALSE AS resets, 'school' AS scope_kind, CAST('2025-08-01' AS DATE) AS window_end;

CREATE OR REPLACE TEMP TABLE ind_rows_learning_survey AS
SELECT
  l.person_id,
  f.language_score,
  f.occurred_on,
  f.known_from,
  f.record_id,
  f.feed
FROM facts.learning_survey AS f
JOIN facts.subject_person AS l
  ON l.subject_id = f.subject_id
JOIN ind_people AS p
  ON p.person_id = l.person_id
WHERE
  f.known_from <= CAST('2025-07-31' AS DATE)
  AND NOT EXISTS(
    SELECT
      1
    FROM facts.closure AS c
    WHERE
      c.item = 'learning_survey'
      AND c.record_id = f.record_id
      AND c.version_known_from = f.known_from
      AND c.known_to <= CAST('2025-07-31' AS DATE)
  )
  AND (
    f.occurred_on <= CAST('2025-07-31' AS DATE) OR f.occurred_on IS NULL
  )
  AND CAST('2023-08-01' AS DATE) <= f.occurred_on;

CREATE OR REPLACE TEMP TABLE ind_groups_learning_survey AS
SELECT
  person_id,
  COUNT(*) AS item_rows,
  SUM(language_score_is) AS language_score_rows,
  MAX(CASE WHEN language_score_is = 1 THEN occurred_on ELSE NULL END) AS language_score_event_on,
  MAX(CASE WHEN language_score_is = 1 THEN known_from ELSE NULL END) AS language_score_known_on,
  MIN(CASE WHEN language_score_is = 1 THEN feed ELSE NULL END) AS language_score_first_feed,
  MAX(CASE WHEN language_score_is = 1 THEN feed ELSE NULL END) AS language_score_last_feed,
  ARG_MAX(
    CAST(language_score AS DOUBLE),
    CASE
      WHEN language_score_is = 1
      THEN {'d': COALESCE(occurred_on, CAST('1900-01-01' AS DATE)), 'k': known_from, 'r': record_id}
      ELSE NULL
    END
  ) AS language_score_number
FROM (
  SELECT
    *,
    CASE
      WHEN occurred_on < CAST('2025-08-01' AS DATE)
      AND CAST('2023-08-01' AS DATE) <= occurred_on
      AND NOT language_score IS NULL
      THEN 1
      ELSE 0
    END AS language_score_is
  FROM ind_rows_learning_survey
) AS r
GROUP BY
  person_id;

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
    'language_score' AS indicator,
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
        WHEN is_answer AND event_on < CAST('2024-01-28' AS DATE)
        THEN 'unknown'
        WHEN is_answer
        THEN 'value'
        WHEN NOT gap IS NULL
        THEN 'unknown'
        ELSE 'nothing'
      END AS state,
      CASE
        WHEN NOT blocked IS NULL
        THEN blocked
        WHEN is_answer AND event_on < CAST('2024-01-28' AS DATE)
        THEN 'stale'
        WHEN is_answer
        THEN NULL
        ELSE gap
      END AS unknown_reason,
      CASE WHEN is_answer THEN answer ELSE NULL END AS answer,
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
              WHEN COALESCE(event_on, GREATEST(CAST('2023-08-01' AS DATE), life_from)) < moved_in_on
              THEN 'moved_in_later'
              WHEN COALESCE(last_to_1, CAST('1900-01-01' AS DATE)) <= COALESCE(event_on, GREATEST(CAST('2023-08-01' AS DATE), life_from))
              THEN CASE
                WHEN NOT has_schools
                THEN 'not_loaded'
                WHEN is_unborn OR NOT (
                  2025 - school_cohort - 6 BETWEEN 1 AND 9
                )
                THEN 'not_applicable'
                ELSE 'not_linked'
              END
              WHEN uncovered_until_1 <= COALESCE(event_on, GREATEST(CAST('2023-08-01' AS DATE), life_from))
              THEN NULL
              WHEN COALESCE(event_on, GREATEST(CAST('2023-08-01' AS DATE), life_from)) < ran_out_on_1
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
            COALESCE(w1.language_score_rows, 0) AS found_rows,
            w1.language_score_event_on AS event_on,
            w1.language_score_known_on AS known_on,
            w1.language_score_first_feed AS first_feed,
            w1.language_score_last_feed AS last_feed,
            CASE
              WHEN 0 < w1.language_score_rows
              THEN CAST(w1.language_score_number AS DOUBLE)
              ELSE NULL
            END AS answer,
            CAST(NULL AS TEXT) AS answer_text,
            c1.uncovered_until AS uncovered_until_1,
            c1.ran_out_on AS ran_out_on_1,
            c1.last_to AS last_to_1
          FROM ind_people AS p
          LEFT JOIN ind_groups_learning_survey AS w1
            ON w1.person_id = p.person_id
          LEFT JOIN (
            SELECT
              *
            FROM ind_reach_person
            WHERE
              item = 'learning_survey'
              AND calendar = 'plain'
              AND window_end = CAST('2025-08-01' AS DATE)
          ) AS c1
            ON c1.person_id = p.person_id
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
