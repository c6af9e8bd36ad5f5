-- How many problems of each kind each feed's files had, as far as they were received by $as_of and not taken back.
-- Reads: landing.problem, landing.file. Writes: nothing.
-- Grain: one code of one column of one feed.
-- Parameters: as_of.
SELECT
  p.feed, p.code, p.column_name, min(p.message) AS message, count(*) AS problems,
  sum(p.is_row_dropped) AS dropped_rows
FROM landing.problem AS p
WHERE EXISTS (
  SELECT 1
  FROM landing.file AS f
  WHERE f.file_id = p.file_id AND f.known_from <= $as_of AND COALESCE(f.withdrawn_on > $as_of, TRUE)
)
GROUP BY p.feed, p.code, p.column_name
ORDER BY p.feed, problems DESC, p.code, p.column_name
