-- Why: every fact behind a judgement, what is not known, and what stays blank.
-- Reads: judgement_judged, judgement_pack, judgement_part, judgement_condition, judgement_part_result,
--   judgement_item_result, judgement_cohort, runs_indicator_value. Writes: runs_reason.
-- Grain: one condition behind one part for one judged child; rows that stay blank have position 0.
CREATE OR REPLACE TEMP TABLE runs_reason AS
WITH chosen AS (
  SELECT
    person_id, part_no, chosen AS condition_no, points, item_state = 'at_least' AS is_certain_minimum,
    CASE WHEN item_state = 'unknown' THEN 'unknown' WHEN points > 0 THEN 'raises' ELSE 'value' END AS kind
  FROM judgement_item_result
  UNION ALL
  SELECT
    r.person_id, r.part_no, c.condition_no, 0, false,
    CASE WHEN r.least_truth = 2 THEN t.kind ELSE 'unknown' END
  FROM judgement_part_result AS r
  JOIN judgement_part AS t ON t.part_no = r.part_no
  JOIN judgement_condition AS c ON c.part_no = r.part_no
  WHERE (t.kind = 'protective' AND r.least_truth = 2) OR (t.kind = 'floor' AND r.least_truth >= 1)
),
facts AS (
  SELECT
    h.person_id, h.part_no, h.kind, h.points, h.is_certain_minimum,
    c.condition_no, c.indicator, c.comparison, c.threshold, c.direction,
    v.state, v.value, v.text_value,
    coalesce(v.is_lower_bound AND c.may_grow, false) AS is_lower_bound,
    CASE
      WHEN c.is_blocked THEN 'not_registered'
      WHEN v.state IS NULL THEN 'not_loaded'
      WHEN v.state = 'unknown' THEN v.unknown_reason
      WHEN v.state = 'nothing' AND c.is_measurement THEN 'not_measured'
      WHEN v.state = 'value' AND c.threshold IS NOT NULL AND v.value IS NULL THEN 'not_measured'
      WHEN v.state = 'value' AND c.comparison = 'is_one_of' AND v.text_value IS NULL THEN 'not_measured'
    END AS unknown_reason,
    v.latest_event_on, v.latest_known_from, v.evidence_rows, v.feeds,
    c.is_blocked
  FROM chosen AS h
  JOIN judgement_condition AS c ON c.condition_no = h.condition_no
  LEFT JOIN runs_indicator_value AS v ON v.person_id = h.person_id AND v.indicator = c.indicator
  WHERE h.kind IN ('raises', 'unknown', 'floor', 'protective') OR c.comparison = 'shows'
)
SELECT
  f.person_id, k.pack, k.pack_version, t.part, f.condition_no AS position, f.kind, f.indicator,
  f.points,
  CASE
    WHEN f.kind = 'floor' THEN 'strong'
    WHEN f.kind = 'raises' AND f.points >= 2 THEN 'medium'
    WHEN f.kind = 'raises' THEN 'weak'
  END AS strength,
  f.is_certain_minimum,
  CASE WHEN NOT f.is_blocked THEN f.value END AS value,
  CASE WHEN NOT f.is_blocked THEN f.text_value END AS text_value,
  f.is_lower_bound AND NOT f.is_blocked AS is_lower_bound,
  f.comparison, f.threshold, f.direction,
  CASE WHEN f.kind <> 'unknown' THEN q.cohort_median END AS cohort_median,
  CASE WHEN f.kind <> 'unknown' THEN q.cohort_p90 END AS cohort_p90,
  f.unknown_reason,
  CASE WHEN NOT f.is_blocked THEN f.latest_event_on END AS latest_event_on,
  CASE WHEN NOT f.is_blocked THEN f.latest_known_from END AS latest_known_from,
  CASE WHEN NOT f.is_blocked THEN f.evidence_rows END AS evidence_rows,
  CASE WHEN NOT f.is_blocked THEN f.feeds END AS feeds
FROM facts AS f
JOIN judgement_part AS t ON t.part_no = f.part_no
JOIN judgement_pack AS k ON k.pack_no = t.pack_no
JOIN judgement_judged AS j ON j.person_id = f.person_id AND j.pack_no = t.pack_no
LEFT JOIN judgement_cohort AS q ON q.indicator = f.indicator AND q.school_cohort = j.school_cohort
-- Of a red flag that could not be checked, only the conditions that are open.
WHERE f.kind <> 'unknown' OR t.kind = 'item' OR f.unknown_reason IS NOT NULL OR f.is_lower_bound
UNION ALL
SELECT
  j.person_id, k.pack, k.pack_version, t.part, 0, 'blank', NULL, 0, NULL, false, NULL, NULL, false, NULL, NULL,
  NULL, NULL, NULL, t.blank_reason, NULL, NULL, NULL, NULL
FROM judgement_judged AS j
JOIN judgement_pack AS k ON k.pack_no = j.pack_no
JOIN judgement_part AS t ON t.pack_no = j.pack_no
WHERE t.blank_reason IS NOT NULL
