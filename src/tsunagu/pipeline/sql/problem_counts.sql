-- How many problems of each kind each feed's files had.
-- Reads: landing.problem. Writes: nothing.
-- Grain: one code of one column of one feed.
SELECT
  feed, code, column_name, min(message) AS message, count(*) AS problems,
  sum(is_row_dropped) AS dropped_rows
FROM landing.problem
GROUP BY feed, code, column_name
ORDER BY feed, problems DESC, code, column_name
