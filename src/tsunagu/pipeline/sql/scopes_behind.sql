-- Schools and facilities whose deliveries end earlier than those of the others of the same feed.
-- Reads: facts.coverage. Writes: nothing.
-- Grain: one scope of one feed.
-- Parameters: as_of.
WITH latest AS (
  SELECT feed, scope_kind, scope_id, max(covers_to) AS covered_to
  FROM facts.coverage
  WHERE known_from <= $as_of AND COALESCE(known_to > $as_of, TRUE) AND scope_id <> '*'
  GROUP BY feed, scope_kind, scope_id
)
SELECT feed, scope_id, covered_to
FROM (
  SELECT *, max(covered_to) OVER (PARTITION BY feed) AS best FROM latest
) AS compared
WHERE covered_to < best
ORDER BY feed, scope_id
