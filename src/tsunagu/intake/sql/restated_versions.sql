-- The versions that take the place of withdrawn ones, in the words of the delivery that said so too.
-- Reads: {stored} of the scratch installation, intake_change. Writes: nothing (the result). Grain: one version.
-- Placeholders (declared tables and columns): {stored}; {columns} of the table, known_from from the change.
SELECT {columns}
FROM {stored} AS v
JOIN intake_change AS c ON c.record_id = v.record_id AND c.rebuilt_known_from = v.known_from
