-- Every problem with the file it is in, but those of files taken back, in the order of files and rows.
-- Reads: landing.problem, landing.file. Writes: nothing.
-- Grain: one problem.
SELECT p.feed, f.file_name, f.known_from, p.row, p.column_name, p.message, p.is_row_dropped
FROM landing.problem AS p
JOIN landing.file AS f ON f.file_id = p.file_id
WHERE f.withdrawn_on IS NULL
ORDER BY p.feed, f.known_from, f.file_name, p.row, p.column_name, p.code
