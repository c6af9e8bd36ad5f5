-- The files of one feed with their problems by kind, the latest first; what was taken back says so.
-- Reads: landing.file, landing.problem. Writes: nothing.
-- Grain: one file and one kind of problem in one column; a file without problems once, with nulls.
-- Parameters: feed.
SELECT
  f.file_id, f.file_name, f.known_from, f.rows, f.problem_rows, f.withdrawn_on, p.code, p.column_name,
  min(p.message) AS message, count(p.code) AS problems
FROM landing.file AS f
LEFT JOIN landing.problem AS p ON p.file_id = f.file_id
WHERE f.feed = $feed
GROUP BY
  f.number, f.file_id, f.file_name, f.known_from, f.rows, f.problem_rows, f.withdrawn_on, p.code, p.column_name
ORDER BY f.known_from DESC, f.number DESC, problems DESC, p.code, p.column_name
