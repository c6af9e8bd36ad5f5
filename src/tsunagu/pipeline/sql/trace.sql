-- The files and rows behind one child's facts of one item, as far as was known.
-- Reads: facts.{item}, facts.closure, facts.subject_person, landing.file. Identity side only: shows file names.
-- Grain: one version of one source record.
-- Parameters: person_id, as_of. Placeholder: {item}, the name of a declared fact table.
SELECT l.file_name, f.row, f.known_from
FROM facts.{item} AS f
JOIN facts.subject_person AS s ON s.subject_id = f.subject_id
JOIN landing.file AS l ON l.file_id = f.file_id
WHERE s.person_id = $person_id
  AND f.known_from <= $as_of
  AND NOT EXISTS (
    SELECT 1
    FROM facts.closure AS c
    WHERE c.item = '{item}'
      AND c.record_id = f.record_id
      AND c.version_known_from = f.known_from
      AND c.known_to <= $as_of
  )
ORDER BY f.known_from, l.file_name, f.row
