-- Until when anything was received that a purpose judges some children by.
-- Reads: runs.indicator_value. Writes: nothing.
-- Grain: one child with any record behind any of the indicators.
-- Parameters: ids (persons), indicators.
SELECT person_id, max(latest_known_from) AS known_until
FROM runs.indicator_value
WHERE
  person_id IN (SELECT unnest($ids))
  AND indicator IN (SELECT unnest($indicators))
  AND latest_known_from IS NOT NULL
GROUP BY person_id
