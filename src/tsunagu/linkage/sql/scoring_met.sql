-- Both sides of every pair, side by side: what is read several times over is joined once.
-- Reads: {pairs}, scoring_left, {right}. Writes: scoring_met.
-- Grain: one row of {pairs}. l_* the left record's columns, r_* the right record's.
-- Placeholders: {pairs} a table of left_id, right_id; {right} the right file's rows.
CREATE OR REPLACE TEMP TABLE scoring_met AS
SELECT
  p.left_id, p.right_id,
  l.surname AS l_surname, l.given AS l_given, l.surname_kana AS l_surname_kana, l.given_kana AS l_given_kana,
  l.surname_sound AS l_surname_sound, l.given_sound AS l_given_sound, l.birth AS l_birth, l.sex AS l_sex,
  l.town AS l_town, l.number_1 AS l_number_1, l.number_2 AS l_number_2, l.number_3 AS l_number_3, l.unit AS l_unit,
  l.phone AS l_phone, l.surname_bits AS l_surname_bits, l.given_bits AS l_given_bits,
  r.surname AS r_surname, r.given AS r_given, r.surname_kana AS r_surname_kana, r.given_kana AS r_given_kana,
  r.surname_sound AS r_surname_sound, r.given_sound AS r_given_sound, r.birth AS r_birth, r.sex AS r_sex,
  r.town AS r_town, r.number_1 AS r_number_1, r.number_2 AS r_number_2, r.number_3 AS r_number_3, r.unit AS r_unit,
  r.phone AS r_phone, r.surname_bits AS r_surname_bits, r.surname_kana_bits AS r_surname_kana_bits,
  r.given_bits AS r_given_bits, r.given_kana_bits AS r_given_kana_bits, r.birth_bits AS r_birth_bits,
  r.site_bits AS r_site_bits, r.phone_bits AS r_phone_bits
FROM {pairs} AS p
JOIN scoring_left AS l ON l.id = p.left_id
JOIN {right} AS r ON r.id = p.right_id
