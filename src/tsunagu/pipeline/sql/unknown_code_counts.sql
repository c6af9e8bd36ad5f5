-- Cells with a spelling that is none of the agreed ones, in the latest delivery and in those before.
-- Reads: landing.problem, drift_file (which files are compared). Writes: nothing.
-- Grain: one side and column.
-- Parameters: feed.
SELECT d.side, p.column_name, count(*) AS cells
FROM landing.problem AS p
JOIN drift_file AS d ON d.file_id = p.file_id
WHERE p.feed = $feed AND p.code = 'unknown_code' AND p.column_name IS NOT NULL
GROUP BY d.side, p.column_name
