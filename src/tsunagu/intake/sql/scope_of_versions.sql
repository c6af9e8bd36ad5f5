-- To which part of the city the stored versions belong, and whether this delivery speaks for that part.
-- Reads: {scopes} (the segments of landing.record_scope that can overlap), intake_delivered. Writes: intake_scope.
-- Grain: one source record stated by one earlier file. No row: the feed has no scope columns.
-- Placeholders: {scopes}.
CREATE OR REPLACE TEMP TABLE intake_scope AS
SELECT
  s.record_id, s.file_id, s.place, s.time, true AS is_scoped, d.place IS NOT NULL AS is_delivered
FROM {scopes} AS s
LEFT JOIN intake_delivered AS d
  ON d.place = s.place AND d.time = s.time
