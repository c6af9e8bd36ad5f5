-- Every stretch that deliveries speak for; those of the withdrawn ones count until the day of withdrawal.
-- Reads: facts.coverage. Writes: nothing (the result). Grain: one stretch.
-- Parameters: $file_ids the withdrawn deliveries, $days the day of each.
-- Placeholders (declared columns): {columns}.
SELECT {columns}
FROM (
  SELECT * REPLACE (
    CASE WHEN list_contains($file_ids, file_id) THEN $days[list_position($file_ids, file_id)] ELSE known_to END
      AS known_to
  )
  FROM facts.coverage
)
