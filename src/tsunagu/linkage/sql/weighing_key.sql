-- The keys of every spelling in use, kept ones and new ones.
-- Reads: weighing_spelling, weighing_new_spelling, identity.link_spelling (the version's). Writes: weighing_key.
-- Grain: one spelling.
CREATE OR REPLACE TEMP TABLE weighing_key AS
SELECT *
FROM (
  SELECT
    spelling_key, surname, given, surname_sound, given_sound, birth, town, number_1, number_2, number_3, phone, words
  FROM identity.link_spelling
  UNION ALL
  SELECT
    spelling_key, surname, given, surname_sound, given_sound, birth, town, number_1, number_2, number_3, phone, words
  FROM weighing_new_spelling
) AS k
WHERE EXISTS (SELECT 1 FROM weighing_spelling AS s WHERE s.spelling_key = k.spelling_key)
