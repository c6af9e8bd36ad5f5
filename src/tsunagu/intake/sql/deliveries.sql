-- Every delivery so far, also those taken back, with the parts of the city and the times it spoke for.
-- Reads: landing.file, landing.delivery. Writes: nothing.
-- Grain: one delivery, in the order they were taken in.
SELECT
  f.file_id, f.content_id, f.number, f.feed, f.delivery, d.reference_date, f.known_from, f.withdrawn_on,
  list([d.place, d.time, CAST(d.rows AS VARCHAR)])
FROM landing.file AS f
JOIN landing.delivery AS d ON d.file_id = f.file_id
GROUP BY ALL
ORDER BY f.number
