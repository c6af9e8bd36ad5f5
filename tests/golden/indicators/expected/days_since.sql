-- days_since_seen_at_school_or_health, as of 2025-07-31

CREATE OR REPLACE TEMP TABLE ind_need AS
SELECT 'attendance_month' AS item, 'plain' AS calendar, FALSE AS resets, 'school' AS scope_kind, CAST('2025-08-01' AS DATE) AS window_end
UNION ALL
SELECT 'infant_checkup' AS item, 'plain' AS calendar, FALSE AS resets, 'municipality' AS scope_kind, CAST('2025-08-01' AS DATE) AS window_end
UNION ALL
SELECT 'school_health_check' AS item, 'plain' AS calendar, FALSE AS resets, 'school' AS scope_kind, CAST('2025-08-01' AS DATE) AS window_end
UNION ALL
SELECT 'vaccination' AS item, 'plain' AS calendar, FALSE AS resets, 'municipality' AS scope_kind, CAST('2025-08-01' AS DATE) AS window_end;

CREATE OR REPLACE TEMP TABLE ind_rows_attendance_month AS
SELECT
  l.person_id,
  f.last_attended_on,
  f.known_from,
  f.record_id,
  f.feed
FROM facts.attendance_month AS f
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
      c.item = 'attendance_month'
      AND c.record_id = f.record_id
      AND c.version_known_from = f.known_from
      AND c.known_to <= CAST('2025-07-31' AS DATE)
  )
  AND (
    f.occurred_on <= CAST('2025-07-31' AS DATE) OR f.occurred_on IS NULL
  )
  AND CAST('2024-08-01' AS DATE) <= f.last_attended_on;

CREATE OR REPLACE TEMP TABLE ind_groups_attendance_month AS
SELECT
  person_id,
  COUNT(*) AS item_rows,
  SUM(days_since_seen_at_school_or_health_1_is) AS days_since_seen_at_school_or_health_1_rows,
  MAX(
    CASE
      WHEN days_since_seen_at_school_or_health_1_is = 1
      THEN last_attended_on
      ELSE NULL
    END
  ) AS days_since_seen_at_school_or_health_1_event_on,
  MAX(
    CASE WHEN days_since_seen_at_school_or_health_1_is = 1 THEN known_from ELSE NULL END
  ) AS days_since_seen_at_school_or_health_1_known_on,
  MIN(CASE WHEN days_since_seen_at_school_or_health_1_is = 1 THEN feed ELSE NULL END) AS days_since_seen_at_school_or_health_1_first_feed,
  MAX(CASE WHEN days_since_seen_at_school_or_health_1_is = 1 THEN feed ELSE NULL END) AS days_since_seen_at_school_or_health_1_last_feed
FROM (
  SELECT
    *,
    CASE
      WHEN last_attended_on < CAST('2025-08-01' AS DATE)
      AND CAST('2024-08-01' AS DATE) <= last_attended_on
      THEN 1
      ELSE 0
    END AS days_since_seen_at_school_or_health_1_is
  FROM ind_rows_attendance_month
) AS r
GROUP BY
  person_id;

CREATE OR REPLACE TEMP TABLE ind_rows_infant_checkup AS
SELECT
  l.person_id,
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
  SUM(days_since_seen_at_school_or_health_3_is) AS days_since_seen_at_school_or_health_3_rows,
  MAX(
    CASE
      WHEN days_since_seen_at_school_or_health_3_is = 1
      THEN occurred_on
      ELSE NULL
    END
  ) AS days_since_seen_at_school_or_health_3_event_on,
  MAX(
    CASE WHEN days_since_seen_at_school_or_health_3_is = 1 THEN known_from ELSE NULL END
  ) AS days_since_seen_at_school_or_health_3_known_on,
  MIN(CASE WHEN days_since_seen_at_school_or_health_3_is = 1 THEN feed ELSE NULL END) AS days_since_seen_at_school_or_health_3_first_feed,
  MAX(CASE WHEN days_since_seen_at_school_or_health_3_is = 1 THEN feed ELSE NULL END) AS days_since_seen_at_school_or_health_3_last_feed
FROM (
  SELECT
    *,
    CASE
      WHEN occurred_on < CAST('2025-08-01' AS DATE)
      AND CAST('2024-08-01' AS DATE) <= occurred_on
      AND is_attended IN (TRUE)
      THEN 1
      ELSE 0
    END AS days_since_seen_at_school_or_health_3_is
  FROM ind_rows_infant_checkup
) AS r
GROUP BY
  person_id;

CREATE OR REPLACE TEMP TABLE ind_rows_school_health_check AS
SELECT
  l.person_id,
  f.occurred_on,
  f.known_from,
  f.record_id,
  f.feed
FROM facts.school_health_check AS f
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
      c.item = 'school_health_check'
      AND c.record_id = f.record_id
      AND c.version_known_from = f.known_from
      AND c.known_to <= CAST('2025-07-31' AS DATE)
  )
  AND (
    f.occurred_on <= CAST('2025-07-31' AS DATE) OR f.occurred_on IS NULL
  )
  AND CAST('2024-08-01' AS DATE) <= f.occurred_on;

CREATE OR REPLACE TEMP TABLE ind_groups_school_health_check AS
SELECT
  person_id,
  COUNT(*) AS item_rows,
  SUM(days_since_seen_at_school_or_health_2_is) AS days_since_seen_at_school_or_health_2_rows,
  MAX(
    CASE
      WHEN days_since_seen_at_school_or_health_2_is = 1
      THEN occurred_on
      ELSE NULL
    END
  ) AS days_since_seen_at_school_or_health_2_event_on,
  MAX(
    CASE WHEN days_since_seen_at_school_or_health_2_is = 1 THEN known_from ELSE NULL END
  ) AS days_since_seen_at_school_or_health_2_known_on,
  MIN(CASE WHEN days_since_seen_at_school_or_health_2_is = 1 THEN feed ELSE NULL END) AS days_since_seen_at_school_or_health_2_first_feed,
  MAX(CASE WHEN days_since_seen_at_school_or_health_2_is = 1 THEN feed ELSE NULL END) AS days_since_seen_at_school_or_health_2_last_feed
FROM (
  SELECT
    *,
    CASE
      WHEN occurred_on < CAST('2025-08-01' AS DATE)
      AND CAST('2024-08-01' AS DATE) <= occurred_on
      THEN 1
      ELSE 0
    END AS days_since_seen_at_school_or_health_2_is
  FROM ind_rows_school_health_check
) AS r
GROUP BY
  person_id;

CREATE OR REPLACE TEMP TABLE ind_rows_vaccination AS
SELECT
  l.person_id,
  f.is_given,
  f.occurred_on,
  f.known_from,
  f.record_id,
  f.feed
FROM facts.vaccination AS f
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
      c.item = 'vaccination'
      AND c.record_id = f.record_id
      AND c.version_known_from = f.known_from
      AND c.known_to <= CAST('2025-07-31' AS DATE)
  )
  AND (
    f.occurred_on <= CAST('2025-07-31' AS DATE) OR f.occurred_on IS NULL
  );

CREATE OR REPLACE TEMP TABLE ind_groups_vaccination AS
SELECT
  person_id,
  COUNT(*) AS item_rows,
  SUM(days_since_seen_at_school_or_health_4_is) AS days_since_seen_at_school_or_health_4_rows,
  MAX(
    CASE
      WHEN days_since_seen_at_school_or_health_4_is = 1
      THEN occurred_on
      ELSE NULL
    END
  ) AS days_since_seen_at_school_or_health_4_event_on,
  MAX(
    CASE WHEN days_since_seen_at_school_or_health_4_is = 1 THEN known_from ELSE NULL END
  ) AS days_since_seen_at_school_or_health_4_known_on,
  MIN(CASE WHEN days_since_seen_at_school_or_health_4_is = 1 THEN feed ELSE NULL END) AS days_since_seen_at_school_or_health_4_first_feed,
  MAX(CASE WHEN days_since_seen_at_school_or_health_4_is = 1 THEN feed ELSE NULL END) AS days_since_seen_at_school_or_health_4_last_feed
FROM (
  SELECT
    *,
    CASE
      WHEN occurred_on < CAST('2025-08-01' AS DATE)
      AND CAST('2024-08-01' AS DATE) <= occurred_on
      AND is_given IN (TRUE)
      THEN 1
      ELSE 0
    END AS days_since_seen_at_school_or_health_4_is
  FROM ind_rows_vaccination
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
    'days_since_seen_at_school_or_health' AS indicator,
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
      CASE
        WHEN is_answer
        THEN CAST(DATE_DIFF('DAY', event_on, CAST('2025-07-31' AS DATE)) AS DOUBLE)
        ELSE NULL
      END AS answer,
      CASE WHEN is_answer THEN NULL ELSE NULL END AS answer_text,
      is_answer AND NOT gap IS NULL AS is_short,
      CASE WHEN blocked IS NULL THEN event_on END AS latest_event_on,
      CASE WHEN blocked IS NULL THEN known_on END AS latest_known_from,
      CASE WHEN blocked IS NULL THEN COALESCE(found_rows, 0) ELSE 0 END AS evidence_rows,
      CASE WHEN blocked IS NULL THEN first_feed END AS first_feed,
      CASE WHEN blocked IS NULL THEN last_feed END AS last_feed
    FROM (
      SELECT
        *,
        NOT event_on IS NULL AS is_answer
      FROM (
        SELECT
          *,
          COALESCE(
            NULL,
            CASE
              WHEN COALESCE(
                CASE
                  WHEN is_roster_pending
                  THEN 'new_school_year'
                  WHEN COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from)) < moved_in_on
                  THEN 'moved_in_later'
                  WHEN COALESCE(last_to_1, CAST('1900-01-01' AS DATE)) <= COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from))
                  THEN CASE
                    WHEN NOT has_schools
                    THEN 'not_loaded'
                    WHEN is_unborn OR NOT (
                      2025 - school_cohort - 6 BETWEEN 1 AND 9
                    )
                    THEN 'not_applicable'
                    ELSE 'not_linked'
                  END
                  WHEN uncovered_until_1 <= COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from))
                  THEN NULL
                  WHEN COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from)) < ran_out_on_1
                  THEN 'stale'
                  ELSE 'not_loaded'
                END,
                ''
              ) = 'not_applicable'
              AND COALESCE(
                CASE
                  WHEN is_roster_pending
                  THEN 'new_school_year'
                  WHEN COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from)) < moved_in_on
                  THEN 'moved_in_later'
                  WHEN COALESCE(last_to_2, CAST('1900-01-01' AS DATE)) <= COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from))
                  THEN CASE
                    WHEN NOT has_schools
                    THEN 'not_loaded'
                    WHEN is_unborn OR NOT (
                      2025 - school_cohort - 6 BETWEEN 1 AND 9
                    )
                    THEN 'not_applicable'
                    ELSE 'not_linked'
                  END
                  WHEN uncovered_until_2 <= COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from))
                  THEN NULL
                  WHEN COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from)) < ran_out_on_2
                  THEN 'stale'
                  ELSE 'not_loaded'
                END,
                ''
              ) = 'not_applicable'
              AND COALESCE(
                CASE
                  WHEN COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from)) < moved_in_on
                  THEN 'moved_in_later'
                  WHEN NOT is_registered AND NOT is_linked_3
                  THEN 'not_linked'
                  WHEN uncovered_until_3 <= COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from))
                  THEN NULL
                  WHEN COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from)) < ran_out_on_3
                  THEN 'stale'
                  ELSE 'not_loaded'
                END,
                ''
              ) = 'not_applicable'
              AND COALESCE(
                CASE
                  WHEN COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from)) < moved_in_on
                  THEN 'moved_in_later'
                  WHEN NOT is_registered AND NOT is_linked_4
                  THEN 'not_linked'
                  WHEN uncovered_until_4 <= COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from))
                  THEN NULL
                  WHEN COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from)) < ran_out_on_4
                  THEN 'stale'
                  ELSE 'not_loaded'
                END,
                ''
              ) = 'not_applicable'
              THEN 'not_applicable'
              ELSE COALESCE(
                NULLIF(
                  CASE
                    WHEN is_roster_pending
                    THEN 'new_school_year'
                    WHEN COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from)) < moved_in_on
                    THEN 'moved_in_later'
                    WHEN COALESCE(last_to_1, CAST('1900-01-01' AS DATE)) <= COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from))
                    THEN CASE
                      WHEN NOT has_schools
                      THEN 'not_loaded'
                      WHEN is_unborn OR NOT (
                        2025 - school_cohort - 6 BETWEEN 1 AND 9
                      )
                      THEN 'not_applicable'
                      ELSE 'not_linked'
                    END
                    WHEN uncovered_until_1 <= COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from))
                    THEN NULL
                    WHEN COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from)) < ran_out_on_1
                    THEN 'stale'
                    ELSE 'not_loaded'
                  END,
                  'not_applicable'
                ),
                NULLIF(
                  CASE
                    WHEN is_roster_pending
                    THEN 'new_school_year'
                    WHEN COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from)) < moved_in_on
                    THEN 'moved_in_later'
                    WHEN COALESCE(last_to_2, CAST('1900-01-01' AS DATE)) <= COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from))
                    THEN CASE
                      WHEN NOT has_schools
                      THEN 'not_loaded'
                      WHEN is_unborn OR NOT (
                        2025 - school_cohort - 6 BETWEEN 1 AND 9
                      )
                      THEN 'not_applicable'
                      ELSE 'not_linked'
                    END
                    WHEN uncovered_until_2 <= COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from))
                    THEN NULL
                    WHEN COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from)) < ran_out_on_2
                    THEN 'stale'
                    ELSE 'not_loaded'
                  END,
                  'not_applicable'
                ),
                NULLIF(
                  CASE
                    WHEN COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from)) < moved_in_on
                    THEN 'moved_in_later'
                    WHEN NOT is_registered AND NOT is_linked_3
                    THEN 'not_linked'
                    WHEN uncovered_until_3 <= COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from))
                    THEN NULL
                    WHEN COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from)) < ran_out_on_3
                    THEN 'stale'
                    ELSE 'not_loaded'
                  END,
                  'not_applicable'
                ),
                NULLIF(
                  CASE
                    WHEN COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from)) < moved_in_on
                    THEN 'moved_in_later'
                    WHEN NOT is_registered AND NOT is_linked_4
                    THEN 'not_linked'
                    WHEN uncovered_until_4 <= COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from))
                    THEN NULL
                    WHEN COALESCE(event_on, GREATEST(CAST('2024-08-01' AS DATE), life_from)) < ran_out_on_4
                    THEN 'stale'
                    ELSE 'not_loaded'
                  END,
                  'not_applicable'
                )
              )
            END
          ) AS gap,
          CASE WHEN is_unborn THEN 'not_applicable' ELSE NULL END AS blocked
        FROM (
          SELECT
            p.*,
            COALESCE(w1.days_since_seen_at_school_or_health_1_rows, 0) + COALESCE(w2.days_since_seen_at_school_or_health_2_rows, 0) + COALESCE(w3.days_since_seen_at_school_or_health_3_rows, 0) + COALESCE(w4.days_since_seen_at_school_or_health_4_rows, 0) AS found_rows,
            GREATEST(
              w1.days_since_seen_at_school_or_health_1_event_on,
              w2.days_since_seen_at_school_or_health_2_event_on,
              w3.days_since_seen_at_school_or_health_3_event_on,
              w4.days_since_seen_at_school_or_health_4_event_on
            ) AS event_on,
            GREATEST(
              w1.days_since_seen_at_school_or_health_1_known_on,
              w2.days_since_seen_at_school_or_health_2_known_on,
              w3.days_since_seen_at_school_or_health_3_known_on,
              w4.days_since_seen_at_school_or_health_4_known_on
            ) AS known_on,
            LEAST(
              w1.days_since_seen_at_school_or_health_1_first_feed,
              w2.days_since_seen_at_school_or_health_2_first_feed,
              w3.days_since_seen_at_school_or_health_3_first_feed,
              w4.days_since_seen_at_school_or_health_4_first_feed
            ) AS first_feed,
            GREATEST(
              w1.days_since_seen_at_school_or_health_1_last_feed,
              w2.days_since_seen_at_school_or_health_2_last_feed,
              w3.days_since_seen_at_school_or_health_3_last_feed,
              w4.days_since_seen_at_school_or_health_4_last_feed
            ) AS last_feed,
            NULL AS answer,
            CAST(NULL AS TEXT) AS answer_text,
            c1.uncovered_until AS uncovered_until_1,
            c1.ran_out_on AS ran_out_on_1,
            c1.last_to AS last_to_1,
            c2.uncovered_until AS uncovered_until_2,
            c2.ran_out_on AS ran_out_on_2,
            c2.last_to AS last_to_2,
            c3.uncovered_until AS uncovered_until_3,
            c3.ran_out_on AS ran_out_on_3,
            NOT w3.item_rows IS NULL AS is_linked_3,
            c4.uncovered_until AS uncovered_until_4,
            c4.ran_out_on AS ran_out_on_4,
            NOT w4.item_rows IS NULL AS is_linked_4
          FROM ind_people AS p
          LEFT JOIN ind_groups_attendance_month AS w1
            ON w1.person_id = p.person_id
          LEFT JOIN (
            SELECT
              *
            FROM ind_reach_person
            WHERE
              item = 'attendance_month'
              AND calendar = 'plain'
              AND window_end = CAST('2025-08-01' AS DATE)
          ) AS c1
            ON c1.person_id = p.person_id
          LEFT JOIN ind_groups_school_health_check AS w2
            ON w2.person_id = p.person_id
          LEFT JOIN (
            SELECT
              *
            FROM ind_reach_person
            WHERE
              item = 'school_health_check'
              AND calendar = 'plain'
              AND window_end = CAST('2025-08-01' AS DATE)
          ) AS c2
            ON c2.person_id = p.person_id
          LEFT JOIN ind_groups_infant_checkup AS w3
            ON w3.person_id = p.person_id
          CROSS JOIN (
            SELECT
              *
            FROM ind_reach_city
            WHERE
              item = 'infant_checkup'
              AND calendar = 'plain'
              AND window_end = CAST('2025-08-01' AS DATE)
          ) AS c3
          LEFT JOIN ind_groups_vaccination AS w4
            ON w4.person_id = p.person_id
          CROSS JOIN (
            SELECT
              *
            FROM ind_reach_city
            WHERE
              item = 'vaccination'
              AND calendar = 'plain'
              AND window_end = CAST('2025-08-01' AS DATE)
          ) AS c4
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
