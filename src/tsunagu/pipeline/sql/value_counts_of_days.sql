-- How often each code stands in each column of a state, as known after the latest delivery and before it.
-- Reads: facts.{item}, facts.closure, drift_day (the two days). Writes: nothing.
-- Grain: one side, column and code; code null: blank. A column that is no code counts as given ('') or blank.
-- Parameters: feed.
-- Placeholders: {item}, a declared fact table; {columns}, its columns, each a code or whether it is given; {counts},
-- one SELECT of side, column, code and rows for each of them.
WITH compared AS (
  SELECT d.side, {columns}
  FROM facts.{item} AS f
  JOIN drift_day AS d ON f.known_from <= d.day AND (f.valid_to IS NULL OR f.valid_to > d.day)
  WHERE f.feed = $feed
    AND NOT EXISTS (
      SELECT 1
      FROM facts.closure AS c
      WHERE c.item = '{item}'
        AND c.record_id = f.record_id
        AND c.version_known_from = f.known_from
        AND c.known_to <= d.day
    )
)
{counts}
