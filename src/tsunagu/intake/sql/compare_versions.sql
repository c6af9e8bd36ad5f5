-- What this delivery changes, record by record, with what the file says of each.
-- Reads: {incoming}, {known}, intake_delivered (the places and times it speaks for). Writes: nothing (the result).
-- Grain: one source record that is new, changed, ended or retracted.
-- Parameters: $known_from the day the delivery became known;
-- $is_snapshot whether silence speaks; $is_kept, $is_ended what silence means for this item;
-- $reference_date; $same_day_files files that spoke for the same reference date (a re-sent file corrects).
-- Placeholders (declared tables and columns): {incoming} {known}; {content} what two versions are compared by;
-- {columns} what the target is stated with; {valid_from} {valid_to} of a statement; {join} LEFT or FULL.
-- A version's known_from is later than that of any version of the same record before it, even on one day, and
-- not before the day on which the last one ended.
WITH said AS (
  SELECT *, {valid_from} AS _valid_from, {valid_to} AS _valid_to, hash({content}) AS _content FROM {incoming}
),
compared AS (
  SELECT
    {columns}, i.subject_id, i.row, i._valid_from, i._valid_to, i._content,
    coalesce(i.record_id, o.record_id) AS record_id,
    o.known_from AS _old_known_from,
    greatest($known_from, coalesce(o.known_from + 1, $known_from), coalesce(o.known_to, $known_from)) AS known_from,
    coalesce(i._place, o.place) AS _place, coalesce(i._time, o.time) AS _time,
    CASE
      WHEN i.record_id IS NOT NULL AND NOT i._states THEN CASE WHEN o.is_open THEN 'retracted' ELSE 'kept' END
      WHEN o.record_id IS NULL OR (NOT o.is_open AND i.record_id IS NOT NULL) THEN 'new'
      WHEN i.record_id IS NOT NULL THEN
        CASE WHEN i._content = o.content AND coalesce(o.place = i._place, true) THEN 'kept' ELSE 'changed' END
      WHEN NOT o.is_open OR NOT $is_snapshot OR $is_kept THEN 'kept'
      WHEN o.place IS NOT NULL AND d.place IS NULL THEN 'kept'
      WHEN NOT $is_ended THEN 'retracted'
      WHEN coalesce(o.valid_to <= $reference_date, false) THEN 'kept'
      WHEN coalesce(o.valid_from >= $reference_date, false) OR list_contains($same_day_files, o.file_id)
        THEN 'retracted'
      ELSE 'ended'
    END AS _change
  FROM said AS i
  {join} JOIN {known} AS o ON o.record_id = i.record_id
  LEFT JOIN intake_delivered AS d ON d.place = o.place AND d.time = o.time
)
SELECT * FROM compared WHERE _change <> 'kept'
