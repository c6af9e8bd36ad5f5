-- To which part of the city the stored versions belong, and whether this delivery speaks for that part.
-- Reads: landing.record_scope (the segments that can overlap), intake_row. Writes: intake_scope.
-- Grain: one source record stated by one earlier file. No row: the feed has no scope columns.
CREATE OR REPLACE TEMP TABLE intake_scope AS
SELECT
  s.record_id, s.file_id, s.place, s.time, true AS is_scoped, d.place IS NOT NULL AS is_delivered
FROM landing.record_scope AS s
LEFT JOIN (SELECT DISTINCT place, time FROM intake_row WHERE NOT is_dropped) AS d
  ON d.place = s.place AND d.time = s.time
