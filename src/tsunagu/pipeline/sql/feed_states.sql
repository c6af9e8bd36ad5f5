-- What was received of each feed up to $as_of and not taken back by then.
-- Reads: landing.file. Writes: nothing.
-- Grain: one feed.
-- Parameters: as_of.
SELECT
  feed,
  count(*) AS files,
  sum(rows) AS all_rows,
  sum(problem_rows) AS problem_rows
FROM landing.file
WHERE known_from <= $as_of AND COALESCE(withdrawn_on > $as_of, TRUE)
GROUP BY feed
ORDER BY feed
