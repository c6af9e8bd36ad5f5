-- The stretches for which some allowed item of a department speaks for a child, joined where they touch.
-- Reads: facts.coverage, seam_allowed (items and their departments). Writes: nothing.
-- Grain: one department and one stretch without a gap.
-- Parameters: places (schools and facilities the child was at), as_of.
WITH said AS (
  SELECT DISTINCT a.department, c.covers_from, c.covers_to
  FROM facts.coverage AS c
  JOIN seam_allowed AS a ON a.item = c.item
  WHERE c.known_from <= $as_of AND (c.known_to IS NULL OR c.known_to > $as_of)
    AND (c.scope_id = '*' OR c.scope_id IN (SELECT unnest($places)))
),
reached AS (
  SELECT
    department, covers_from, covers_to,
    max(covers_to) OVER (
      PARTITION BY department ORDER BY covers_from, covers_to ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS so_far
  FROM said
),
begun AS (
  SELECT
    department, covers_from, covers_to,
    sum(CASE WHEN so_far IS NULL OR covers_from > so_far THEN 1 ELSE 0 END) OVER (
      PARTITION BY department ORDER BY covers_from, covers_to
    ) AS stretch
  FROM reached
)
SELECT department, min(covers_from), max(covers_to)
FROM begun
GROUP BY department, stretch
ORDER BY department, min(covers_from)
