-- Every spelling that was kept of the register's side, whoever has or had it.
-- Reads: identity.link_spelling. Writes: scoring_left.
-- Grain: one spelling; `id` is its key.
CREATE OR REPLACE TEMP TABLE scoring_left AS
SELECT
  spelling_key AS id, surname, given, surname_sound, given_sound, birth, town, number_1, number_2, number_3, phone, words
FROM identity.link_spelling
