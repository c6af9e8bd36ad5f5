-- Rows about records that a file received later has already spoken of: the late word must not win.
-- Reads: intake_incoming, {table}, {closure}. Writes: intake_superseded. Grain: one row.
-- Parameters: $later_files files of this feed that became known later.
-- Placeholders (names of declared tables): {table} {closure} {closed}.
CREATE OR REPLACE TEMP TABLE intake_superseded AS
SELECT i.row
FROM intake_incoming AS i
WHERE i.record_id IN (
  SELECT record_id FROM {table} WHERE list_contains($later_files, file_id)
  UNION ALL
  SELECT record_id FROM {closure} WHERE {closed} AND list_contains($later_files, file_id)
)
