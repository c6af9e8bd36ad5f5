-- How each field of a pair compares, packed into one whole number (`pattern`, see levels.py), and how rare the
-- values are on which it agrees.
-- Reads: {pairs}, scoring_left, {right}, scoring_like_name, scoring_like_kana,
-- scoring_like_town. Writes: {result}.
-- Grain: one pair. `rarity_millibits`: the rarer the shared values, the higher.
-- Placeholders: {pairs} a table of left_id, right_id; {right} the right file's rows; {result} the table made.
CREATE OR REPLACE TEMP TABLE {result} AS
WITH states AS (
  SELECT
    p.left_id, p.right_id,
    CASE
      WHEN l.surname IS NULL OR r.surname IS NULL THEN 0
      WHEN l.surname = r.surname THEN 1
      ELSE 4 - coalesce(sn.likeness, 0)
    END AS surname_state,
    CASE
      WHEN l.surname_kana IS NULL OR r.surname_kana IS NULL THEN 0
      WHEN l.surname_kana = r.surname_kana THEN 1
      ELSE 4 - coalesce(sk.likeness, 0)
    END AS surname_kana_state,
    CASE
      WHEN l.given IS NULL OR r.given IS NULL THEN 0
      WHEN l.given = r.given THEN 1
      ELSE 4 - coalesce(gn.likeness, 0)
    END AS given_state,
    CASE
      WHEN l.given_kana IS NULL OR r.given_kana IS NULL THEN 0
      WHEN l.given_kana = r.given_kana THEN 1
      ELSE 4 - coalesce(gk.likeness, 0)
    END AS given_kana_state,
    coalesce(
      (l.surname = r.given OR l.surname_kana = r.given_kana OR l.surname_sound = r.given_sound)
      AND (l.given = r.surname OR l.given_kana = r.surname_kana OR l.given_sound = r.surname_sound)
      AND l.surname_sound <> l.given_sound,
      false
    ) AS is_swapped,
    -- One of the two names stands in the other's place, and nothing stands in its own.
    coalesce(l.surname = r.given OR l.given = r.surname, false)
      AND NOT coalesce(l.surname = r.surname OR l.given = r.given, false)
      AND NOT coalesce(l.surname_kana = r.surname_kana OR l.given_kana = r.given_kana, false)
      AND l.surname <> l.given AS is_half_swapped,
    coalesce(x.likeness, 0) AS other_likeness,
    CASE WHEN l.surname = r.given THEN least(l.surname_bits, r.given_bits) ELSE least(l.given_bits, r.surname_bits) END
      AS exchanged_bits,
    CASE
      WHEN l.birth IS NULL OR r.birth IS NULL THEN 0
      WHEN l.birth = r.birth THEN 1
      WHEN l.birth // 10000 = r.birth // 10000 AND l.birth % 100 = r.birth // 100 % 100
        AND r.birth % 100 = l.birth // 100 % 100 THEN 2
      WHEN CASE WHEN l.birth % 10 = r.birth % 10 THEN 0 ELSE 1 END
        + CASE WHEN l.birth // 10 % 10 = r.birth // 10 % 10 THEN 0 ELSE 1 END
        + CASE WHEN l.birth // 100 % 10 = r.birth // 100 % 10 THEN 0 ELSE 1 END
        + CASE WHEN l.birth // 1000 % 10 = r.birth // 1000 % 10 THEN 0 ELSE 1 END
        + CASE WHEN l.birth // 10000 % 10 = r.birth // 10000 % 10 THEN 0 ELSE 1 END
        + CASE WHEN l.birth // 100000 % 10 = r.birth // 100000 % 10 THEN 0 ELSE 1 END
        + CASE WHEN l.birth // 1000000 = r.birth // 1000000 THEN 0 ELSE 1 END = 1 THEN 3
      -- Two neighbouring digits exchanged.
      WHEN l.birth - l.birth % 100 = r.birth - r.birth % 100
        AND l.birth % 10 = r.birth // 10 % 10 AND l.birth // 10 % 10 = r.birth % 10 THEN 3
      WHEN l.birth - l.birth // 10 % 100 * 10 = r.birth - r.birth // 10 % 100 * 10
        AND l.birth // 10 % 10 = r.birth // 100 % 10 AND l.birth // 100 % 10 = r.birth // 10 % 10 THEN 3
      WHEN l.birth - l.birth // 100 % 100 * 100 = r.birth - r.birth // 100 % 100 * 100
        AND l.birth // 100 % 10 = r.birth // 1000 % 10 AND l.birth // 1000 % 10 = r.birth // 100 % 10 THEN 3
      WHEN l.birth - l.birth // 1000 % 100 * 1000 = r.birth - r.birth // 1000 % 100 * 1000
        AND l.birth // 1000 % 10 = r.birth // 10000 % 10 AND l.birth // 10000 % 10 = r.birth // 1000 % 10 THEN 3
      WHEN l.birth - l.birth // 10000 % 100 * 10000 = r.birth - r.birth // 10000 % 100 * 10000
        AND l.birth // 10000 % 10 = r.birth // 100000 % 10 AND l.birth // 100000 % 10 = r.birth // 10000 % 10 THEN 3
      WHEN CASE WHEN l.birth // 10000 = r.birth // 10000 THEN 1 ELSE 0 END
        + CASE WHEN l.birth // 100 % 100 = r.birth // 100 % 100 THEN 1 ELSE 0 END
        + CASE WHEN l.birth % 100 = r.birth % 100 THEN 1 ELSE 0 END = 2 THEN 4
      WHEN l.birth // 10000 = r.birth // 10000 THEN 5
      ELSE 6
    END AS birth_level,
    CASE WHEN l.sex IS NULL OR r.sex IS NULL THEN 0 WHEN l.sex = r.sex THEN 1 ELSE 2 END AS sex_level,
    CASE
      WHEN l.town IS NULL OR r.town IS NULL THEN 0
      WHEN l.town <> r.town THEN
        CASE
          -- One slip in the words, one in the numbers.
          WHEN t.likeness = 2
            AND CASE WHEN l.number_1 IS NOT DISTINCT FROM r.number_1 THEN 1 ELSE 0 END
            + CASE WHEN l.number_2 IS NOT DISTINCT FROM r.number_2 THEN 1 ELSE 0 END
            + CASE WHEN l.number_3 IS NOT DISTINCT FROM r.number_3 THEN 1 ELSE 0 END >= 2 THEN 4
          WHEN t.likeness = 1 AND l.number_1 = r.number_1 AND l.number_2 = r.number_2
            AND l.number_3 IS NOT DISTINCT FROM r.number_3 THEN 4
          WHEN t.likeness = 2 OR (t.likeness = 1 AND (l.number_1 = r.number_1 OR l.number_2 = r.number_2)) THEN 5
          WHEN l.number_1 = r.number_1 AND l.number_2 = r.number_2
            AND l.number_3 IS NOT DISTINCT FROM r.number_3 THEN 7
          ELSE 6
        END
      WHEN l.number_1 IS NOT DISTINCT FROM r.number_1 AND l.number_2 IS NOT DISTINCT FROM r.number_2
        AND l.number_3 IS NOT DISTINCT FROM r.number_3
        THEN CASE WHEN l.unit IS NOT DISTINCT FROM r.unit THEN 1 WHEN l.unit IS NULL OR r.unit IS NULL THEN 2 ELSE 3 END
      WHEN CASE WHEN l.number_1 IS NOT DISTINCT FROM r.number_1 THEN 1 ELSE 0 END
        + CASE WHEN l.number_2 IS NOT DISTINCT FROM r.number_2 THEN 1 ELSE 0 END
        + CASE WHEN l.number_3 IS NOT DISTINCT FROM r.number_3 THEN 1 ELSE 0 END = 2 THEN 4
      ELSE 5
    END AS address_level,
    CASE WHEN l.phone IS NULL OR r.phone IS NULL THEN 0 WHEN l.phone = r.phone THEN 1 ELSE 2 END AS phone_level,
    l.surname_bits AS left_surname_bits, l.given_bits AS left_given_bits,
    r.surname_bits, r.surname_kana_bits, r.given_bits, r.given_kana_bits, r.birth_bits, r.site_bits, r.phone_bits
  FROM {pairs} AS p
  JOIN scoring_left AS l ON l.id = p.left_id
  JOIN {right} AS r ON r.id = p.right_id
  LEFT JOIN scoring_like_name AS sn ON sn.a = least(l.surname, r.surname) AND sn.b = greatest(l.surname, r.surname)
  LEFT JOIN scoring_like_kana AS sk
    ON sk.a = least(l.surname_kana, r.surname_kana) AND sk.b = greatest(l.surname_kana, r.surname_kana)
  LEFT JOIN scoring_like_name AS gn ON gn.a = least(l.given, r.given) AND gn.b = greatest(l.given, r.given)
  LEFT JOIN scoring_like_kana AS gk
    ON gk.a = least(l.given_kana, r.given_kana) AND gk.b = greatest(l.given_kana, r.given_kana)
  LEFT JOIN scoring_like_name AS x
    ON x.a = CASE WHEN l.surname = r.given THEN least(l.given, r.surname)
      WHEN l.given = r.surname THEN least(l.surname, r.given) END
    AND x.b = CASE WHEN l.surname = r.given THEN greatest(l.given, r.surname)
      WHEN l.given = r.surname THEN greatest(l.surname, r.given) END
  LEFT JOIN scoring_like_town AS t ON t.a = least(l.town, r.town) AND t.b = greatest(l.town, r.town)
)
SELECT
  left_id, right_id,
  CASE
    WHEN is_swapped THEN 25 * 32 + 25
    WHEN is_half_swapped THEN 25 * 32 + CASE WHEN other_likeness = 2 THEN 26 ELSE 27 END
    ELSE (surname_state * 5 + surname_kana_state) * 32 + given_state * 5 + given_kana_state
  END * 1024 + birth_level * 128 + sex_level * 32 + address_level * 4 + phone_level AS pattern,
  CASE
    WHEN is_swapped THEN least(
      coalesce(left_surname_bits + left_given_bits, surname_bits + given_bits),
      coalesce(surname_bits + given_bits, left_surname_bits + left_given_bits)
    )
    WHEN is_half_swapped THEN exchanged_bits
    ELSE
      CASE WHEN surname_state = 1 THEN surname_bits WHEN surname_kana_state = 1 THEN surname_kana_bits ELSE 0 END
      + CASE WHEN given_state = 1 THEN given_bits WHEN given_kana_state = 1 THEN given_kana_bits ELSE 0 END
  END
  + CASE WHEN birth_level = 1 THEN birth_bits ELSE 0 END
  + CASE WHEN address_level BETWEEN 1 AND 3 THEN site_bits ELSE 0 END
  + CASE WHEN phone_level = 1 THEN phone_bits ELSE 0 END AS rarity_millibits
FROM states
