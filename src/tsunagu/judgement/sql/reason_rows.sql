-- Reasons of some children, for explaining.
-- Reads: runs.reason. Writes: nothing.
-- Grain: one condition behind one part of one pack for one child; what gives most points first.
-- Parameters: person_ids.
SELECT
  person_id, pack, part, kind, indicator, points, strength, is_certain_minimum, value, text_value,
  is_lower_bound, threshold, direction, cohort_median, cohort_p90, unknown_reason, latest_event_on,
  latest_known_from, evidence_rows, feeds
FROM runs.reason
WHERE person_id IN (SELECT unnest($person_ids))
ORDER BY person_id, pack, points DESC, position, part
