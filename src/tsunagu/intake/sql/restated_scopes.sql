-- Where the restated versions belong, as far as that has not been noted yet.
-- Reads: {rebuilt} (scopes of the scratch installation), {stored} (our own), intake_change. Writes: nothing (the
-- result). Grain: one source record stated by one file.
-- Placeholders (declared tables): {rebuilt} {stored}.
SELECT s.record_id, s.file_id, s.place, s.time
FROM {rebuilt} AS s
JOIN intake_change AS c ON c.record_id = s.record_id AND c.file_id = s.file_id
WHERE NOT EXISTS (SELECT 1 FROM {stored} AS o WHERE o.record_id = s.record_id AND o.file_id = s.file_id)
