-- school_aid_category, as of 2025-07-31

CREATE OR REPLACE TEMP TABLE ind_need AS
SELECT 'school_aid' AS item, 'resets' AS calendar, TRUE AS resets, 'municipality' AS scope_kind, CAST('2025-08-01' AS DATE) AS window_end;

CREATE OR REPLACE TEMP TABLE ind_rows_school_aid AS
SELECT
  l.person_id,
  f.category,
  f.valid_from,
  CASE WHEN f.valid_to <= CAST('2025-07-31' AS DATE) THEN f.valid_to ELSE NULL END AS valid_to,
  f.known_from,
  f.record_id,
  f.feed
FROM facts.school_aid AS f
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
      c.item = 'school_aid'
      AND c.record_id = f.record_id
      AND c.version_known_from = f.known_from
      AND c.known_to <= CAST('2025-07-31' AS DATE)
  )
  AND (
    f.valid_from <= CAST('2025-07-31' AS DATE) OR f.valid_from IS NULL
  );

CREATE OR REPLACE TEMP TABLE ind_groups_school_aid AS
SELECT
  person_id,
  COUNT(*) AS item_rows,
  SUM(school_aid_category_is) AS school_aid_category_rows,
  MAX(CASE WHEN school_aid_category_is = 1 THEN valid_from ELSE NULL END) AS school_aid_category_event_on,
  MAX(CASE WHEN school_aid_category_is = 1 THEN known_from ELSE NULL END) AS school_aid_category_known_on,
  MIN(CASE WHEN school_aid_category_is = 1 THEN feed ELSE NULL END) AS school_aid_category_first_feed,
  MAX(CASE WHEN school_aid_category_is = 1 THEN feed ELSE NULL END) AS school_aid_category_last_feed,
  ARG_MAX(
    CAST(category AS TEXT),
    CASE
      WHEN school_aid_category_is = 1
      THEN {'d': COALESCE(valid_from, CAST('1900-01-01' AS DATE)), 'k': known_from, 'r': record_id}
      ELSE NULL
    END
  ) AS school_aid_category_text
FROM (
  SELECT
    *,
    CASE WHEN valid_to IS NULL AND NOT category IS NULL THEN 1 ELSE 0 END AS school_aid_category_is
  FROM ind_rows_school_aid
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
    'school_aid_category' AS indicator,
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
              WHEN GREATEST(CAST('2025-07-31' AS DATE), life_from) < moved_in_on
              THEN 'moved_in_later'
              WHEN NOT is_registered AND NOT is_linked_1
              THEN 'not_linked'
              WHEN uncovered_until_1 <= GREATEST(CAST('2025-07-31' AS DATE), life_from)
              THEN NULL
              WHEN CAST('2024-04-01' AS DATE) < ran_out_on_1
              AND ran_out_on_1 <= CAST('2025-04-01' AS DATE)
              THEN 'new_school_year'
              WHEN GREATEST(CAST('2025-07-31' AS DATE), life_from) < ran_out_on_1
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
            COALESCE(w1.school_aid_category_rows, 0) AS found_rows,
            w1.school_aid_category_event_on AS event_on,
            w1.school_aid_category_known_on AS known_on,
            w1.school_aid_category_first_feed AS first_feed,
            w1.school_aid_category_last_feed AS last_feed,
            NULL AS answer,
            w1.school_aid_category_text AS answer_text,
            c1.uncovered_until AS uncovered_until_1,
            c1.ran_out_on AS ran_out_on_1,
            NOT w1.item_rows IS NULL AS is_linked_1
          FROM ind_people AS p
          LEFT JOIN ind_groups_school_aid AS w1
            ON w1.person_id = p.person_id
          CROSS JOIN (
            SELECT
              *
            FROM ind_reach_city
            WHERE
              item = 'school_aid'
              AND calendar = 'resets'
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
