-- Every problem with the file it is in, in the order of files and rows.
-- Reads: landing.problem, landing.file. Writes: nothing.
-- Grain: one problem.
SELECT p.feed, f.file_name, f.known_from, p.row, p.column_name, p.message, p.is_row_dropped
FROM landing.problem AS p
JOIN (
  SELECT file_id, feed, min(file_name) AS file_name, min(known_from) AS known_from
  FROM landing.file
  GROUP BY file_id, feed
) AS f ON f.file_id = p.file_id AND f.feed = p.feed
ORDER BY p.feed, f.known_from, f.file_name, p.row, p.column_name, p.code
