-- The words of the places of the register's side as it was kept.
-- Reads: scoring_left.
-- Grain: one row of scoring_left and one word.
SELECT id, unnest(string_split(words, ' ')) AS word
FROM scoring_left
WHERE words IS NOT NULL
