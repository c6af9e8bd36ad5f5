-- What each source record said, as far as was known on $as_of.
-- Reads: identity.record. Writes: linkage_known.
-- Grain: one version of one source record.
-- Parameters: as_of.
-- Closures are not read on purpose: a pupil who left the roster is still the same person.
CREATE OR REPLACE TEMP TABLE linkage_known AS
SELECT *
FROM identity.record
WHERE known_from <= $as_of
