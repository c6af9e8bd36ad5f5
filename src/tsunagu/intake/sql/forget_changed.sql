-- Takes out of what is known the records that this delivery changed; their new state is put in again.
-- Reads: intake_changed. Writes: {known}. Grain: one source record.
-- Placeholders (our own temporary table): {known}.
DELETE FROM {known} WHERE record_id IN (SELECT record_id FROM intake_changed)
