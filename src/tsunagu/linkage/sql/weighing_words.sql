-- The words of the places of the register's side.
-- Reads: weighing_spelling, weighing_key.
-- Grain: one row of weighing_left and one word.
SELECT CAST(s.id AS INTEGER) AS id, unnest(string_split(k.words, ' ')) AS word
FROM weighing_spelling AS s
JOIN weighing_key AS k ON k.spelling_key = s.spelling_key
WHERE k.words IS NOT NULL
