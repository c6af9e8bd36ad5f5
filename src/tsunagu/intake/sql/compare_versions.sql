-- What this delivery changes, record by record.
-- Reads: {incoming}, {table} and {closure} (the segments that can overlap), intake_scope.
-- Writes: intake_change. Grain: one source record that is new, changed, ended or retracted.
-- Parameters: $known_from the day the delivery became known;
-- $is_snapshot whether silence speaks; $is_kept, $is_ended what silence means for this item;
-- $reference_date; $same_day_files files that spoke for the same reference date (a re-sent file corrects).
-- Placeholders (declared tables and columns): {incoming} {table} {closure}; {stored} {same} {merged} the content columns; {join} LEFT or FULL;
-- {only} which versions matter; {valid_from} {valid_to} of the stored version.
-- A version's known_from is later than that of any version of the same record before it, even on one day.
CREATE OR REPLACE TEMP TABLE intake_change AS
WITH version AS (
  SELECT
    v.record_id, v.known_from, v.file_id, {stored},
    c.record_id IS NULL AS is_open,
    row_number() OVER (PARTITION BY v.record_id ORDER BY v.known_from DESC) AS age
  FROM {table} AS v
  LEFT JOIN (SELECT DISTINCT record_id, version_known_from FROM {closure}) AS c
    ON c.record_id = v.record_id AND c.version_known_from = v.known_from
  WHERE {only}
),
last AS (SELECT * FROM version WHERE age = 1),
compared AS (
  SELECT
    coalesce(i.record_id, o.record_id) AS record_id,
    o.known_from AS old_known_from,
    greatest($known_from, coalesce(o.known_from + 1, $known_from)) AS known_from,
    coalesce(i.place, s.place) AS place, coalesce(i.time, s.time) AS time,
    coalesce(i.row, 0) AS row,
    CASE
      WHEN i.record_id IS NOT NULL AND NOT i.states THEN CASE WHEN o.is_open THEN 'retracted' ELSE 'kept' END
      WHEN o.record_id IS NULL OR (NOT o.is_open AND i.record_id IS NOT NULL) THEN 'new'
      WHEN i.record_id IS NOT NULL THEN 
        CASE WHEN {same} AND coalesce(s.place = i.place, true) THEN 'kept' ELSE 'changed' END
      WHEN NOT o.is_open OR NOT $is_snapshot OR $is_kept THEN 'kept'
      WHEN s.is_scoped AND NOT s.is_delivered THEN 'kept'
      WHEN NOT $is_ended THEN 'retracted'
      WHEN coalesce({valid_to} <= $reference_date, false) THEN 'kept'
      WHEN coalesce({valid_from} >= $reference_date, false) OR list_contains($same_day_files, o.file_id)
        THEN 'retracted'
      ELSE 'ended'
    END AS change,
    i.record_id IS NOT NULL AS is_incoming,
    {merged}
  FROM {incoming} AS i
  {join} JOIN last AS o ON o.record_id = i.record_id
  LEFT JOIN intake_scope AS s ON s.record_id = o.record_id AND s.file_id = o.file_id
)
SELECT * FROM compared WHERE change <> 'kept'
