-- Who might be the same person: every pair that shares one of many exact keys.
-- Reads: scoring_left (the whole file), scoring_open, scoring_left_word, scoring_right_word. Writes: scoring_candidate.
-- Grain: one pair.
-- Parameters: rare_address_bits, rare_phone_bits, rare_name_bits, rare_value_bits: a weak key counts only when the
-- value is that rare, so that no block grows with the square of the city; rare_birth_bits keeps fillers out;
-- rare_word_bits, the same for a word of an address where more than that word is shared.
-- Placeholders: {order} keeps one of the two directions when both sides are the same file.
CREATE OR REPLACE TEMP TABLE scoring_candidate AS
WITH shared_word AS (
  SELECT l.id AS left_id, r.id AS right_id, count(*) AS words, max(r.word_bits) AS rarest_bits
  FROM scoring_left_word AS l
  JOIN scoring_right_word AS r ON r.word = l.word
  JOIN scoring_open AS o ON o.id = r.id
  WHERE {order} AND r.word_bits >= $rare_word_bits
  GROUP BY l.id, r.id
)
SELECT left_id, right_id
FROM (
  SELECT l.id AS left_id, r.id AS right_id
  FROM scoring_left AS l
  JOIN scoring_open AS r
    ON r.town = l.town AND r.number_1 IS NOT DISTINCT FROM l.number_1
    AND r.number_2 IS NOT DISTINCT FROM l.number_2 AND r.number_3 IS NOT DISTINCT FROM l.number_3
  WHERE {order} AND r.site_bits >= $rare_address_bits
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r ON r.phone = l.phone
  WHERE {order} AND r.phone_bits >= $rare_phone_bits
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r ON r.birth = l.birth AND r.given = l.given
  WHERE {order} AND r.birth_bits >= $rare_birth_bits
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r
    ON r.birth = l.birth AND r.given_sound = l.given_sound
  WHERE {order} AND r.birth_bits >= $rare_birth_bits
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r ON r.birth = l.birth AND r.surname = l.surname
  WHERE {order} AND r.birth_bits >= $rare_birth_bits
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r
    ON r.birth = l.birth AND r.surname_sound = l.surname_sound
  WHERE {order} AND r.birth_bits >= $rare_birth_bits
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r ON r.birth = l.birth AND r.town = l.town
  WHERE {order} AND r.birth_bits >= $rare_birth_bits
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r
    ON r.surname = l.surname AND r.given = l.given
  WHERE {order} AND r.surname_bits + r.given_bits >= $rare_name_bits
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r
    ON r.surname_sound = l.surname_sound AND r.given_sound = l.given_sound
  WHERE {order} AND CASE WHEN r.surname_kana IS NULL OR r.given_kana IS NULL THEN r.surname_bits + r.given_bits
    ELSE r.surname_kana_bits + r.given_kana_bits END >= $rare_name_bits
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r
    ON r.surname_sound = l.surname_sound AND r.given_sound = l.given_sound
    AND r.birth // 10000 = l.birth // 10000
  WHERE {order}
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r
    ON r.surname_sound = l.surname_sound AND r.given_sound = l.given_sound
    AND r.birth % 10000 = l.birth % 10000
  WHERE {order}
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r
    ON r.given_sound = l.given_sound AND r.town = l.town AND r.birth // 10000 = l.birth // 10000
  WHERE {order}
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r
    ON r.given_sound = l.given_sound
    AND l.birth = r.birth // 10000 * 10000 + r.birth % 100 * 100 + r.birth // 100 % 100
  WHERE {order} AND r.birth_bits >= $rare_birth_bits
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r
    ON r.surname_sound = l.given_sound AND r.given_sound = l.surname_sound
  WHERE {order}
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r ON r.birth = l.birth AND r.surname = l.given
  WHERE {order} AND r.birth_bits >= $rare_birth_bits
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r ON r.birth = l.birth AND r.given = l.surname
  WHERE {order} AND r.birth_bits >= $rare_birth_bits
  UNION
  SELECT l.id, r.id
  FROM shared_word AS s
  JOIN scoring_left AS l ON l.id = s.left_id
  JOIN scoring_open AS r ON r.id = s.right_id
  WHERE s.words >= 2 OR s.rarest_bits >= $rare_value_bits
    OR r.given_sound = l.given_sound OR r.surname_sound = l.surname_sound
    OR r.given_sound = l.surname_sound OR r.surname_sound = l.given_sound
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r ON r.birth = l.birth
  WHERE {order} AND r.birth_bits >= $rare_value_bits
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r ON r.surname = l.surname
  WHERE {order} AND r.surname_bits >= $rare_value_bits
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r ON r.given = l.given
  WHERE {order} AND r.given_bits >= $rare_value_bits
  UNION
  SELECT l.id, r.id FROM scoring_left AS l JOIN scoring_open AS r
    ON r.number_1 = l.number_1 AND r.number_2 = l.number_2
    AND r.number_3 IS NOT DISTINCT FROM l.number_3
  WHERE {order} AND r.numbers_bits >= $rare_value_bits
) AS pair
ORDER BY right_id, left_id
