-- The last version of every record of which the withdrawn delivery has ever had a word that counted.
-- Reads: {stored}, {closures} of the feed. Writes: intake_withdrawn. Grain: one source record.
-- Parameters: $file_ids the withdrawn deliveries; $withdrawn_on the day.
-- Placeholders (declared tables and columns): {stored} {closures}; {of_table} picks the closures of this table;
-- {content} what two versions are compared by.
CREATE OR REPLACE TEMP TABLE intake_withdrawn AS
WITH ended AS (
  SELECT record_id, version_known_from, min(known_to) AS known_to
  FROM {closures} WHERE {of_table} GROUP BY ALL
),
touched AS (
  SELECT record_id FROM {stored} WHERE list_contains($file_ids, file_id)
  UNION
  SELECT record_id FROM {closures} WHERE {of_table} AND list_contains($file_ids, file_id)
),
version AS (
  SELECT
    v.record_id, v.known_from, v.file_id, hash({content}) AS content, e.known_to,
    row_number() OVER (PARTITION BY v.record_id ORDER BY v.known_from DESC) AS age
  FROM {stored} AS v
  JOIN touched AS t ON t.record_id = v.record_id
  LEFT JOIN ended AS e ON e.record_id = v.record_id AND e.version_known_from = v.known_from
)
SELECT
  record_id, known_from, file_id, content, known_to IS NULL AS is_open,
  greatest($withdrawn_on, known_from + 1, coalesce(known_to, $withdrawn_on)) AS next_known_from
FROM version
WHERE age = 1
