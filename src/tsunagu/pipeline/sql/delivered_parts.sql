-- Every delivered part with the month it speaks for, as far as it was known by $as_of and not taken back.
-- Reads: landing.delivery, landing.file, facts.coverage, month_feed (the feeds that speak for whole months).
-- Grain: one place of one delivery. A file that says nothing of its month is left out.
-- Parameters: as_of.
WITH covered AS (
  SELECT file_id, min(covers_from) AS covers_from
  FROM facts.coverage
  WHERE known_from <= $as_of AND COALESCE(known_to > $as_of, TRUE)
  GROUP BY file_id
)
SELECT
  d.feed, d.delivery, d.place,
  CASE
    WHEN d.time LIKE 'month=%' THEN CAST(substr(d.time, 7, 10) AS DATE)
    WHEN m.feed IS NOT NULL THEN CAST(date_trunc('month', c.covers_from) AS DATE)
    ELSE CAST(date_trunc('month', d.reference_date) AS DATE)
  END AS month,
  d.reference_date, d.known_from, d.file_id, d.rows, f.override_reason IS NOT NULL AS is_overridden
FROM landing.delivery AS d
JOIN landing.file AS f ON f.file_id = d.file_id
LEFT JOIN covered AS c ON c.file_id = d.file_id
LEFT JOIN month_feed AS m ON m.feed = d.feed
WHERE
  d.known_from <= $as_of
  AND COALESCE(f.withdrawn_on > $as_of, TRUE)
  AND (m.feed IS NULL OR c.covers_from IS NOT NULL)
ORDER BY d.feed, d.known_from, f.number, d.place, d.time
