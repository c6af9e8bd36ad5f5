-- What the withdrawal changes, record by record: what only the withdrawn delivery said ends, what another one said
-- as well is said by that one.
-- Reads: intake_withdrawn, intake_rebuilt. Writes: intake_change. Grain: one source record that changes.
-- Parameters: $file_ids the withdrawn deliveries.
CREATE OR REPLACE TEMP TABLE intake_change AS
SELECT
  w.record_id, w.known_from AS old_known_from, w.is_open AS closes, r.known_from AS rebuilt_known_from,
  r.file_id, w.next_known_from AS known_from
FROM intake_withdrawn AS w
LEFT JOIN intake_rebuilt AS r ON r.record_id = w.record_id
WHERE
  (w.is_open AND r.record_id IS NULL)
  OR (NOT w.is_open AND r.record_id IS NOT NULL)
  OR (w.is_open AND (w.content <> r.content OR list_contains($file_ids, w.file_id)))
