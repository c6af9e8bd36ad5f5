-- Distinct pairs of unequal names met in pairs: how alike two spellings are is worked out once.
-- Reads: scoring_met. Grain: one pair of codes, the smaller first.
-- Placeholders: {surname} and {given} the two columns of one kind of writing.
SELECT DISTINCT least(a, b) AS a, greatest(a, b) AS b
FROM (
  SELECT l_{surname} AS a, r_{surname} AS b FROM scoring_met WHERE l_{surname} <> r_{surname}
  UNION ALL
  SELECT l_{given}, r_{given} FROM scoring_met WHERE l_{given} <> r_{given}
  UNION ALL
  -- Where one name stands in the other's place, how alike the two others are.
  SELECT l_{surname}, r_{given} FROM scoring_met WHERE l_{given} = r_{surname} AND l_{surname} <> r_{given}
  UNION ALL
  SELECT l_{given}, r_{surname} FROM scoring_met WHERE l_{surname} = r_{given} AND l_{given} <> r_{surname}
) AS met
