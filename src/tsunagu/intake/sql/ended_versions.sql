-- The last version of states that were left out, ended on the reference date; they stand in no row (0).
-- Reads: {stored} (the segments that can overlap), intake_ended. Writes: nothing (the result).
-- Grain: one version. Parameters: $reference_date stands in {columns} for valid_to.
-- Placeholders (declared tables and columns): {stored}; {columns} of the target as they are now; {content} the same,
-- what two versions are compared by.
SELECT
  {columns}, v.subject_id, v.record_id, 0 AS row, v.valid_from AS _valid_from, $reference_date AS _valid_to,
  hash({content}) AS _content, c._old_known_from, c.known_from, c._place, c._time, c._change
FROM {stored} AS v
JOIN intake_ended AS c ON c.record_id = v.record_id AND c._old_known_from = v.known_from
