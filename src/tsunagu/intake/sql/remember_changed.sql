-- The state of the records that this delivery changed, as it will be once committed.
-- Reads: intake_changed. Writes: {known}. Grain: one source record.
-- Parameters: $file_id the file. Placeholders (our own temporary table): {known}.
INSERT INTO {known}
SELECT
  record_id, CASE WHEN _change = 'retracted' THEN _old_known_from ELSE known_from END, $file_id,
  _valid_from, _valid_to, _content, _change <> 'retracted',
  CASE WHEN _change = 'retracted' THEN known_from END, _place, _time
FROM intake_changed
