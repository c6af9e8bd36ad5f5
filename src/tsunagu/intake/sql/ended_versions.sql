-- The last version of states that were left out, ended on the reference date; they stand in no row (0).
-- Reads: {stored} (the segments that can overlap), intake_change. Writes: nothing (stands inside intake_version).
-- Grain: one version. Parameters: $reference_date stands in {columns} for valid_to.
-- Placeholders (declared tables and columns): {stored}; {columns} of the target.
SELECT v.subject_id, v.record_id, {columns}, 0 AS row, c.place AS _place, c.time AS _time, c.known_from
FROM {stored} AS v
JOIN intake_change AS c ON c.record_id = v.record_id AND c.old_known_from = v.known_from
WHERE c.change = 'ended'
