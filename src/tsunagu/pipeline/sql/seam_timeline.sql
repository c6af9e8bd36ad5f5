-- One child's facts of one item, as far as they were known; no file, row or record.
-- Reads: {facts}, facts.closure, seam_subject (whose facts). Writes: nothing.
-- Grain: one version of one source record.
-- Parameters: as_of. Placeholders: {item}, a declared fact table; {facts}, its rows; {dates}, its two days; {columns}, its values.
SELECT {dates}, f.known_from, f.feed{columns}
FROM {facts} AS f
JOIN seam_subject AS s ON s.subject_id = f.subject_id
WHERE f.known_from <= $as_of
  AND NOT EXISTS (
    SELECT 1
    FROM facts.closure AS c
    WHERE c.item = '{item}'
      AND c.record_id = f.record_id
      AND c.version_known_from = f.known_from
      AND c.known_to <= $as_of
  )
ORDER BY 1 NULLS FIRST, f.known_from, f.record_id
