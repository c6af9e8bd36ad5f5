-- For which time each school's list of pupils is known, as far as it was by $as_of.
-- Reads: facts.coverage. Writes: nothing.
-- Grain: one stretch of one school, '*' for the whole municipality; both days are spoken for.
-- Parameters: item, as_of.
SELECT DISTINCT scope_id, covers_from AS first_day, covers_to - 1 AS last_day
FROM facts.coverage
WHERE
  item = $item
  AND (scope_kind = 'school' OR scope_id = '*')
  AND known_from <= $as_of
  AND COALESCE(known_to > $as_of, TRUE)
  AND covers_from <= $as_of
  AND covers_from < covers_to
