-- Pairs that share birth date and given name, with what else agrees: the first and widest of the exact keys.
-- Reads: scoring_left, scoring_right. Writes: scoring_close_pair.
-- Grain: one pair. `rule` is null where nothing corroborates the key.
-- Parameters: rare_bits, how rare (thousandths of a bit) name and birth date together must be to stand alone.
-- Placeholders: {order} keeps one of the two directions when both sides are the same file.
CREATE OR REPLACE TEMP TABLE scoring_close_pair AS
WITH pair AS (
  SELECT l.id AS left_id, r.id AS right_id
  FROM scoring_left AS l
  JOIN scoring_right AS r ON r.birth = l.birth AND r.given_kana = l.given_kana
  WHERE {order}
  UNION ALL
  SELECT l.id, r.id
  FROM scoring_left AS l
  JOIN scoring_right AS r ON r.birth = l.birth AND r.given = l.given
  WHERE {order} AND NOT coalesce(l.given_kana = r.given_kana, false)
)
SELECT
  p.left_id, p.right_id,
  CASE
    WHEN l.sex <> r.sex THEN NULL
    WHEN (l.surname = r.surname OR l.surname_kana = r.surname_kana) THEN
      CASE
        WHEN l.town = r.town AND l.number_1 = r.number_1
          AND l.number_2 IS NOT DISTINCT FROM r.number_2 AND l.number_3 IS NOT DISTINCT FROM r.number_3
          THEN 'name_birth_address'
        WHEN l.phone = r.phone THEN 'name_birth_phone'
        WHEN greatest(r.surname_bits, coalesce(r.surname_kana_bits, 0))
          + greatest(r.given_bits, coalesce(r.given_kana_bits, 0)) + r.birth_bits >= $rare_bits
          AND coalesce(l.given = r.given, true) AND coalesce(l.given_kana = r.given_kana, true)
          AND coalesce(l.surname = r.surname, true) AND coalesce(l.surname_kana = r.surname_kana, true)
          THEN 'rare_name_birth'
      END
    WHEN l.town = r.town AND l.number_1 = r.number_1
      AND l.number_2 IS NOT DISTINCT FROM r.number_2 AND l.number_3 IS NOT DISTINCT FROM r.number_3
      THEN 'given_birth_address'
    WHEN l.phone = r.phone THEN 'given_birth_phone'
  END AS rule
FROM pair AS p
JOIN scoring_left AS l ON l.id = p.left_id
JOIN scoring_right AS r ON r.id = p.right_id
