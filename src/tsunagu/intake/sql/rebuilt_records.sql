-- The open version of every record as the feed's other deliveries alone would have it.
-- Reads: {stored}, {closures} of the scratch installation. Writes: intake_rebuilt. Grain: one source record.
-- Placeholders (declared tables and columns): {stored} {closures}; {of_table} picks the closures of this table;
-- {content} what two versions are compared by.
CREATE OR REPLACE TEMP TABLE intake_rebuilt AS
SELECT v.record_id, v.known_from, v.file_id, hash({content}) AS content
FROM {stored} AS v
LEFT JOIN (SELECT DISTINCT record_id, version_known_from FROM {closures} WHERE {of_table}) AS c
  ON c.record_id = v.record_id AND c.version_known_from = v.known_from
WHERE c.record_id IS NULL
