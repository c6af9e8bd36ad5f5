-- What the file says anew, with its columns.
-- Reads: {incoming}, intake_change. Writes: nothing (stands inside intake_version). Grain: one version.
-- Placeholders (declared tables and columns): {incoming}; {columns} of the target.
SELECT i.subject_id, i.record_id, {columns}, i.row, i._place, i._time, c.known_from
FROM {incoming} AS i
JOIN intake_change AS c ON c.record_id = i.record_id
WHERE c.change IN ('new', 'changed')
