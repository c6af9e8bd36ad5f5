-- How often each code stands in each column of what the latest delivery told, and in what those before told.
-- Reads: facts.{item}, facts.closure, drift_file (which files are compared). Writes: nothing.
-- Grain: one side, column and code; code null: blank. A column that is no code counts as given ('') or blank.
-- Parameters: feed, as_of.
-- Placeholders: {item}, a declared fact table; {columns}, its columns, each a code or whether it is given; {counts},
-- one SELECT of side, column, code and rows for each of them.
WITH compared AS (
  SELECT d.side, {columns}
  FROM facts.{item} AS f
  JOIN drift_file AS d ON d.file_id = f.file_id
  WHERE f.feed = $feed
    AND f.known_from <= $as_of
    AND NOT EXISTS (
      SELECT 1
      FROM facts.closure AS c
      WHERE c.item = '{item}'
        AND c.record_id = f.record_id
        AND c.version_known_from = f.known_from
        AND c.known_to <= $as_of
    )
)
{counts}
