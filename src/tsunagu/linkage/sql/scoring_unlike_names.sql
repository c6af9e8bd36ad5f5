-- Distinct pairs of unequal names met in candidates: how alike two spellings are is worked out once a pair.
-- Reads: {pairs}, scoring_left, {right}. Grain: one pair of codes, the smaller first.
-- Placeholders: {pairs} a table of left_id, right_id; {right} the right file's rows; {surname} and {given} the two
-- columns of one kind of writing.
SELECT DISTINCT least(a, b) AS a, greatest(a, b) AS b
FROM (
  SELECT l.{surname} AS a, r.{surname} AS b
  FROM {pairs} AS p
  JOIN scoring_left AS l ON l.id = p.left_id
  JOIN {right} AS r ON r.id = p.right_id
  UNION ALL
  SELECT l.{given}, r.{given}
  FROM {pairs} AS p
  JOIN scoring_left AS l ON l.id = p.left_id
  JOIN {right} AS r ON r.id = p.right_id
  UNION ALL
  -- Where one name stands in the other's place, how alike the two others are.
  SELECT l.{surname}, r.{given}
  FROM {pairs} AS p
  JOIN scoring_left AS l ON l.id = p.left_id
  JOIN {right} AS r ON r.id = p.right_id
  WHERE l.{given} - r.{surname} = 0
  UNION ALL
  SELECT l.{given}, r.{surname}
  FROM {pairs} AS p
  JOIN scoring_left AS l ON l.id = p.left_id
  JOIN {right} AS r ON r.id = p.right_id
  WHERE l.{surname} - r.{given} = 0
) AS met
-- Not `a <> b`: that would become a join of everybody with everybody before the pairs are looked at.
WHERE a - b <> 0
ORDER BY a, b
