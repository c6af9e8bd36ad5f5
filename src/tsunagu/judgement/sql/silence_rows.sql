-- How long some children have not been seen, for explaining.
-- Reads: runs.silence. Writes: nothing.
-- Grain: one child.
-- Parameters: person_ids.
SELECT
  person_id, state, why, last_seen_on, latest_known_from, feeds, days_unseen, is_partly_known, band,
  listed_after_days, is_listed, is_urgent
FROM runs.silence
WHERE person_id IN (SELECT unnest($person_ids))
ORDER BY person_id
