-- checkup_month_18_missing, as of 2025-07-31

CREATE OR REPLACE TEMP TABLE ind_need AS
SELECT 'infant_checkup' AS item, 'plain' AS calendar, FALSE AS resets, 'municipality' AS scope_kind, CAST('2025-08-01' AS DATE) AS window_end;

CREATE OR REPLACE TEMP TABLE ind_rows_infant_checkup AS
SELECT
  l.person_id,
  f.checkup,
  f.is_attended,
  f.occurred_on,
  f.known_from,
  f.record_id,
  f.feed
FROM facts.infant_checkup AS f
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
      c.item = 'infant_checkup'
      AND c.record_id = f.record_id
      AND c.version_known_from = f.known_from
      AND c.known_to <= CAST('2025-07-31' AS DATE)
  )
  AND (
    f.occurred_on <= CAST('2025-07-31' AS DATE) OR f.occurred_on IS NULL
  );

CREATE OR REPLACE TEMP TABLE ind_groups_infant_checkup AS
SELECT
  person_id,
  COUNT(*) AS item_rows,
  SUM(checkup_month_18_missing_is) AS checkup_month_18_missing_rows,
  MAX(CASE WHEN checkup_month_18_missing_is = 1 THEN occurred_on ELSE NULL END) AS checkup_month_18_missing_event_on,
  MAX(CASE WHEN checkup_month_18_missing_is = 1 THEN known_from ELSE NULL END) AS checkup_month_18_missing_known_on,
  MIN(CASE WHEN checkup_month_18_missing_is = 1 THEN feed ELSE NULL END) AS checkup_month_18_missing_first_feed,
  MAX(CASE WHEN checkup_month_18_missing_is = 1 THEN feed ELSE NULL END) AS checkup_month_18_missing_last_feed,
  MIN(CASE WHEN checkup_month_18_missing_is = 1 THEN occurred_on ELSE NULL END) AS checkup_month_18_missing_first_on
FROM (
  SELECT
    *,
    CASE
      WHEN occurred_on < CAST('2025-08-01' AS DATE)
      AND checkup IN ('month_18')
      AND is_attended IN (TRUE)
      THEN 1
      ELSE 0
    END AS checkup_month_18_missing_is
  FROM ind_rows_infant_checkup
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
    'checkup_month_18_missing' AS indicator,
    state,
    CASE WHEN state = 'value' THEN answer END AS value,
    CASE WHEN state = 'value' THEN answer_text END AS text_value,
    unknown_reason,
    COALESCE(state = 'value' AND is_short AND answer_text = 'late', FALSE) AS is_lower_bound,
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
        ELSE 'nothing'
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
      CASE
        WHEN is_answer
        THEN CASE WHEN found_rows = 0 THEN CAST(1 AS DOUBLE) ELSE CAST(0 AS DOUBLE) END
        ELSE NULL
      END AS answer,
      CASE
        WHEN is_answer
        THEN CASE
          WHEN found_rows = 0
          THEN 'missing'
          WHEN first_on < CAST(birth_month + INTERVAL '24' MONTH AS DATE)
          THEN 'done'
          ELSE 'late'
        END
        ELSE NULL
      END AS answer_text,
      is_answer AND NOT gap IS NULL AS is_short,
      CASE WHEN blocked IS NULL THEN event_on END AS latest_event_on,
      CASE WHEN blocked IS NULL THEN known_on END AS latest_known_from,
      CASE WHEN blocked IS NULL THEN COALESCE(found_rows, 0) ELSE 0 END AS evidence_rows,
      CASE WHEN blocked IS NULL THEN first_feed END AS first_feed,
      CASE WHEN blocked IS NULL THEN last_feed END AS last_feed
    FROM (
      SELECT
        *,
        NOT birth_month IS NULL AND (
          found_rows > 0 OR gap IS NULL
        ) AS is_answer
      FROM (
        SELECT
          *,
          COALESCE(
            NULL,
            CASE WHEN birth_month IS NULL THEN 'not_linked' ELSE NULL END,
            CASE
              WHEN CAST(birth_month + INTERVAL '17' MONTH AS DATE) < moved_in_on
              THEN 'moved_in_later'
              WHEN NOT is_registered AND NOT is_linked_1
              THEN 'not_linked'
              WHEN uncovered_until_1 <= CAST(birth_month + INTERVAL '17' MONTH AS DATE)
              THEN NULL
              WHEN CAST(birth_month + INTERVAL '17' MONTH AS DATE) < ran_out_on_1
              THEN 'stale'
              ELSE 'not_loaded'
            END
          ) AS gap,
          CASE
            WHEN COALESCE(age_years > 4, FALSE) OR is_unborn
            THEN 'not_applicable'
            WHEN is_unborn
            OR (
              found_rows = 0
              AND CAST('2025-07-31' AS DATE) < CAST(birth_month + INTERVAL '24' MONTH AS DATE)
            )
            THEN 'not_applicable'
            ELSE NULL
          END AS blocked
        FROM (
          SELECT
            p.*,
            COALESCE(w1.checkup_month_18_missing_rows, 0) AS found_rows,
            w1.checkup_month_18_missing_event_on AS event_on,
            w1.checkup_month_18_missing_known_on AS known_on,
            w1.checkup_month_18_missing_first_feed AS first_feed,
            w1.checkup_month_18_missing_last_feed AS last_feed,
            NULL AS answer,
            CAST(NULL AS TEXT) AS answer_text,
            c1.uncovered_until AS uncovered_until_1,
            c1.ran_out_on AS ran_out_on_1,
            NOT w1.item_rows IS NULL AS is_linked_1,
            w1.checkup_month_18_missing_first_on AS first_on
          FROM ind_people AS p
          LEFT JOIN ind_groups_infant_checkup AS w1
            ON w1.person_id = p.person_id
          CROSS JOIN (
            SELECT
              *
            FROM ind_reach_city
            WHERE
              item = 'infant_checkup'
              AND calendar = 'plain'
              AND window_end = CAST('2025-08-01' AS DATE)
          ) AS c1
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
