-- The state of the records that this delivery changed, as it will be once committed.
-- Reads: intake_version (their new versions), intake_change. Writes: {known}. Grain: one source record.
-- Parameters: $file_id the file.
-- Placeholders (declared tables and columns): {known}; {content}; {valid_from} {valid_to} of a version.
INSERT INTO {known}
SELECT record_id, known_from, $file_id, {valid_from}, {valid_to}, hash({content}), true, NULL, _place, _time
FROM intake_version
UNION ALL
SELECT record_id, old_known_from, $file_id, NULL, NULL, NULL, false, known_from, place, time
FROM intake_change
WHERE change = 'retracted'
