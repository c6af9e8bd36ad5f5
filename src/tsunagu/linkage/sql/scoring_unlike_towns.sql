-- Distinct pairs of unequal towns met in pairs: how alike two spellings are is worked out once.
-- Reads: scoring_met. Grain: one pair of codes, the smaller first.
SELECT DISTINCT least(l_town, r_town) AS a, greatest(l_town, r_town) AS b
FROM scoring_met
WHERE l_town <> r_town
