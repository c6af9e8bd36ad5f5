-- Rows about records that a file received later has already spoken of: the late word must not win.
-- Reads: {incoming}, {table}, {closure}. Writes: nothing (the result). Grain: one row of the file.
-- Parameters: $later_files files of this feed that became known later.
-- Placeholders (declared tables): {incoming} {table} {closure}.
SELECT i.row
FROM {incoming} AS i
WHERE i.record_id IN (
  SELECT record_id FROM {table} WHERE list_contains($later_files, file_id)
  UNION ALL
  SELECT record_id FROM {closure} WHERE list_contains($later_files, file_id)
)
ORDER BY i.row
