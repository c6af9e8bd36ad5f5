-- The last version of every record that a delivery could speak of, and whether it still counts as known.
-- Reads: {stored}, {closures} and {scopes} (the segments that can overlap). Writes: {known}.
-- Grain: one source record.
-- Placeholders (declared tables and columns): {known} {stored} {closures} {scopes}; {content} what two versions are
-- compared by; {valid_from} {valid_to} of a stored version; place and time are null without scope columns.
CREATE OR REPLACE TEMP TABLE {known} AS
WITH version AS (
  SELECT
    v.record_id, v.known_from, v.file_id, {valid_from} AS valid_from, {valid_to} AS valid_to,
    hash({content}) AS content, c.record_id IS NULL AS is_open, c.known_to,
    row_number() OVER (PARTITION BY v.record_id ORDER BY v.known_from DESC) AS age
  FROM {stored} AS v
  LEFT JOIN (
    SELECT record_id, version_known_from, min(known_to) AS known_to FROM {closures} GROUP BY ALL
  ) AS c
    ON c.record_id = v.record_id AND c.version_known_from = v.known_from
)
SELECT
  v.record_id, v.known_from, v.file_id, v.valid_from, v.valid_to, v.content, v.is_open, v.known_to, s.place, s.time
FROM version AS v
LEFT JOIN {scopes} AS s ON s.record_id = v.record_id AND s.file_id = v.file_id
WHERE v.age = 1
