-- The silence watch in figures.
-- Reads: runs.silence.
-- Grain: one row.
SELECT
  coalesce(sum(CASE WHEN is_urgent THEN 1 ELSE 0 END), 0),
  coalesce(sum(CASE WHEN is_listed AND NOT is_urgent THEN 1 ELSE 0 END), 0),
  coalesce(sum(CASE WHEN state = 'unknown' THEN 1 ELSE 0 END), 0),
  coalesce(sum(CASE WHEN state = 'seen' AND NOT is_listed THEN 1 ELSE 0 END), 0)
FROM runs.silence
