-- Every delivery, the withdrawn ones with their day and reason.
-- Reads: landing.file. Writes: nothing (the result). Grain: one delivery.
-- Parameters: $file_ids the withdrawn deliveries, $days the day of each, $reason.
-- Placeholders (declared columns): {columns}.
SELECT {columns}
FROM (
  SELECT * REPLACE (
    CASE WHEN list_contains($file_ids, file_id) THEN $days[list_position($file_ids, file_id)] ELSE withdrawn_on END
      AS withdrawn_on,
    CASE WHEN list_contains($file_ids, file_id) THEN $reason ELSE withdrawal_reason END AS withdrawal_reason
  )
  FROM landing.file
)
