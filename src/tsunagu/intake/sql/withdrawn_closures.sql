-- The ends of the open versions that the withdrawal takes out.
-- Reads: intake_change. Writes: nothing (the result). Grain: one version.
-- Parameters: $name the table's name among items; $feed; $file_id the withdrawn delivery.
SELECT
  $name AS item, record_id, old_known_from AS version_known_from, known_from AS known_to, $feed AS feed,
  $file_id AS file_id
FROM intake_change
WHERE closes
