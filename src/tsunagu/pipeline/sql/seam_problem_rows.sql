-- The first problems of one file, in the order of its rows. Never the value.
-- Reads: landing.problem, landing.file. Writes: nothing.
-- Grain: one problem.
-- Parameters: feed, file_id, at_most.
SELECT p.row, p.column_name, p.message, p.is_row_dropped
FROM landing.problem AS p
JOIN landing.file AS f ON f.file_id = p.file_id
WHERE f.feed = $feed AND f.file_id = $file_id
ORDER BY p.row, p.column_name, p.code
LIMIT $at_most
