-- siblings_on_council_register, as of 2025-07-31

CREATE OR REPLACE TEMP TABLE ind_need AS
SELECT 'council_registration' AS item, 'plain' AS calendar, FALSE AS resets, 'municipality' AS scope_kind, CAST('2025-08-01' AS DATE) AS window_end;

CREATE OR REPLACE TEMP TABLE ind_rows_council_registration AS
SELECT
  l.person_id,
  f.valid_from,
  CASE WHEN f.valid_to <= CAST('2025-07-31' AS DATE) THEN f.valid_to ELSE NULL END AS valid_to,
  f.known_from,
  f.record_id,
  f.feed
FROM facts.council_registration AS f
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
      c.item = 'council_registration'
      AND c.record_id = f.record_id
      AND c.version_known_from = f.known_from
      AND c.known_to <= CAST('2025-07-31' AS DATE)
  )
  AND (
    f.valid_from <= CAST('2025-07-31' AS DATE) OR f.valid_from IS NULL
  );

CREATE OR REPLACE TEMP TABLE ind_groups_council_registration AS
SELECT
  person_id,
  COUNT(*) AS item_rows,
  SUM(council_registered_is) AS council_registered_rows,
  MAX(CASE WHEN council_registered_is = 1 THEN valid_from ELSE NULL END) AS council_registered_event_on,
  MAX(CASE WHEN council_registered_is = 1 THEN known_from ELSE NULL END) AS council_registered_known_on,
  MIN(CASE WHEN council_registered_is = 1 THEN feed ELSE NULL END) AS council_registered_first_feed,
  MAX(CASE WHEN council_registered_is = 1 THEN feed ELSE NULL END) AS council_registered_last_feed
FROM (
  SELECT
    *,
    CASE WHEN valid_to IS NULL THEN 1 ELSE 0 END AS council_registered_is
  FROM ind_rows_council_registration
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

CREATE OR REPLACE TEMP TABLE ind_result_council_registered AS
SELECT
  person_id,
  'council_registered' AS indicator,
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
          NULL,
          CASE
            WHEN GREATEST(CAST('2025-07-31' AS DATE), life_from) < moved_in_on
            THEN 'moved_in_later'
            WHEN NOT is_registered AND NOT is_linked_1
            THEN 'not_linked'
            WHEN uncovered_until_1 <= GREATEST(CAST('2025-07-31' AS DATE), life_from)
            THEN NULL
            WHEN GREATEST(CAST('2025-07-31' AS DATE), life_from) < ran_out_on_1
            THEN 'stale'
            ELSE 'not_loaded'
          END
        ) AS gap,
        CASE WHEN FALSE THEN 'not_applicable' ELSE NULL END AS blocked
      FROM (
        SELECT
          p.*,
          COALESCE(w1.council_registered_rows, 0) AS found_rows,
          w1.council_registered_event_on AS event_on,
          w1.council_registered_known_on AS known_on,
          w1.council_registered_first_feed AS first_feed,
          w1.council_registered_last_feed AS last_feed,
          CASE WHEN 0 < w1.council_registered_rows THEN CAST(1 AS DOUBLE) ELSE NULL END AS answer,
          CAST(NULL AS TEXT) AS answer_text,
          c1.uncovered_until AS uncovered_until_1,
          c1.ran_out_on AS ran_out_on_1,
          NOT w1.item_rows IS NULL AS is_linked_1
        FROM ind_people AS p
        LEFT JOIN ind_groups_council_registration AS w1
          ON w1.person_id = p.person_id
        CROSS JOIN (
          SELECT
            *
          FROM ind_reach_city
          WHERE
            item = 'council_registration'
            AND calendar = 'plain'
            AND window_end = CAST('2025-08-01' AS DATE)
        ) AS c1
      ) AS found
    ) AS judged
  ) AS answered
) AS states;

INSERT INTO runs_indicator_value
SELECT
  *
FROM ind_result_council_registered
WHERE
  person_id IN (
    SELECT
      person_id
    FROM runs_population
  );

INSERT INTO runs_indicator_value
SELECT
  person_id,
  'siblings_on_council_register' AS indicator,
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
      NOT answer IS NULL AS is_answer,
      COALESCE(NULL, doubt, CASE WHEN NOT has_household THEN 'not_linked' ELSE NULL END) AS gap,
      CASE WHEN FALSE THEN 'not_applicable' ELSE NULL END AS blocked
    FROM (
      SELECT
        p.*,
        r.found_rows,
        r.event_on,
        r.known_on,
        r.first_feed,
        r.last_feed,
        r.doubt,
        CAST(NULLIF(r.found_rows, 0) AS DOUBLE) AS answer,
        CAST(NULL AS TEXT) AS answer_text
      FROM ind_people AS p
      LEFT JOIN (
        SELECT
          child_id AS person_id,
          SUM(CASE WHEN is_met THEN 1 ELSE 0 END) AS found_rows,
          MAX(CASE WHEN is_met THEN latest_event_on END) AS event_on,
          MAX(CASE WHEN is_met THEN latest_known_from END) AS known_on,
          MIN(CASE WHEN is_met THEN SPLIT_PART(feeds, ',', 1) END) AS first_feed,
          MAX(CASE WHEN is_met THEN SPLIT_PART(feeds, ',', -1) END) AS last_feed,
          MIN(
            CASE
              WHEN state = 'unknown' AND unknown_reason <> 'not_applicable'
              THEN unknown_reason
              WHEN state = 'value' AND is_lower_bound AND NOT is_met
              THEN 'not_loaded'
              ELSE NULL
            END
          ) AS doubt
        FROM (
          SELECT
            r.person_id AS child_id,
            v.state,
            v.unknown_reason,
            v.is_lower_bound,
            v.latest_event_on,
            v.latest_known_from,
            v.feeds,
            COALESCE(v.state = 'value' AND 1 <= v.value, FALSE) AS is_met
          FROM ind_relative AS r
          JOIN ind_result_council_registered AS v
            ON v.person_id = r.relative_id
          WHERE
            r.over_whom = 'siblings'
        ) AS results
        GROUP BY
          child_id
      ) AS r
        ON r.person_id = p.person_id
      WHERE
        p.is_child
    ) AS found
  ) AS answered
) AS states;
