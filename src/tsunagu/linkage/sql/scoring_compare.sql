-- How each field of a pair compares, packed into one whole number (`pattern`, see levels.py), and how rare the
-- values are on which it agrees.
-- Reads: scoring_met, scoring_like_name, scoring_like_kana, scoring_like_town. Writes: {result}.
-- Grain: one pair. `rarity_millibits`: the rarer the shared values, the higher.
-- Placeholders: {result} the table made.
CREATE OR REPLACE TEMP TABLE {result} AS
WITH states AS (
  SELECT
    p.left_id, p.right_id,
    CASE
      WHEN l_surname IS NULL OR r_surname IS NULL THEN 0
      WHEN l_surname = r_surname THEN 1
      ELSE 4 - coalesce(sn.likeness, 0)
    END AS surname_state,
    CASE
      WHEN l_surname_kana IS NULL OR r_surname_kana IS NULL THEN 0
      WHEN l_surname_kana = r_surname_kana THEN 1
      ELSE 4 - coalesce(sk.likeness, 0)
    END AS surname_kana_state,
    CASE
      WHEN l_given IS NULL OR r_given IS NULL THEN 0
      WHEN l_given = r_given THEN 1
      ELSE 4 - coalesce(gn.likeness, 0)
    END AS given_state,
    CASE
      WHEN l_given_kana IS NULL OR r_given_kana IS NULL THEN 0
      WHEN l_given_kana = r_given_kana THEN 1
      ELSE 4 - coalesce(gk.likeness, 0)
    END AS given_kana_state,
    coalesce(
      (l_surname = r_given OR l_surname_kana = r_given_kana OR l_surname_sound = r_given_sound)
      AND (l_given = r_surname OR l_given_kana = r_surname_kana OR l_given_sound = r_surname_sound)
      AND l_surname_sound <> l_given_sound,
      false
    ) AS is_swapped,
    -- One of the two names stands in the other's place, and nothing stands in its own.
    coalesce(l_surname = r_given OR l_given = r_surname, false)
      AND NOT coalesce(l_surname = r_surname OR l_given = r_given, false)
      AND NOT coalesce(l_surname_kana = r_surname_kana OR l_given_kana = r_given_kana, false)
      AND l_surname <> l_given AS is_half_swapped,
    coalesce(x.likeness, 0) AS other_likeness,
    CASE WHEN l_surname = r_given THEN least(l_surname_bits, r_given_bits) ELSE least(l_given_bits, r_surname_bits) END
      AS exchanged_bits,
    CASE
      WHEN l_birth IS NULL OR r_birth IS NULL THEN 0
      WHEN l_birth = r_birth THEN 1
      WHEN l_birth // 10000 = r_birth // 10000 AND l_birth % 100 = r_birth // 100 % 100
        AND r_birth % 100 = l_birth // 100 % 100 THEN 2
      WHEN CASE WHEN l_birth % 10 = r_birth % 10 THEN 0 ELSE 1 END
        + CASE WHEN l_birth // 10 % 10 = r_birth // 10 % 10 THEN 0 ELSE 1 END
        + CASE WHEN l_birth // 100 % 10 = r_birth // 100 % 10 THEN 0 ELSE 1 END
        + CASE WHEN l_birth // 1000 % 10 = r_birth // 1000 % 10 THEN 0 ELSE 1 END
        + CASE WHEN l_birth // 10000 % 10 = r_birth // 10000 % 10 THEN 0 ELSE 1 END
        + CASE WHEN l_birth // 100000 % 10 = r_birth // 100000 % 10 THEN 0 ELSE 1 END
        + CASE WHEN l_birth // 1000000 = r_birth // 1000000 THEN 0 ELSE 1 END = 1 THEN 3
      -- Two neighbouring digits exchanged.
      WHEN l_birth - l_birth % 100 = r_birth - r_birth % 100
        AND l_birth % 10 = r_birth // 10 % 10 AND l_birth // 10 % 10 = r_birth % 10 THEN 3
      WHEN l_birth - l_birth // 10 % 100 * 10 = r_birth - r_birth // 10 % 100 * 10
        AND l_birth // 10 % 10 = r_birth // 100 % 10 AND l_birth // 100 % 10 = r_birth // 10 % 10 THEN 3
      WHEN l_birth - l_birth // 100 % 100 * 100 = r_birth - r_birth // 100 % 100 * 100
        AND l_birth // 100 % 10 = r_birth // 1000 % 10 AND l_birth // 1000 % 10 = r_birth // 100 % 10 THEN 3
      WHEN l_birth - l_birth // 1000 % 100 * 1000 = r_birth - r_birth // 1000 % 100 * 1000
        AND l_birth // 1000 % 10 = r_birth // 10000 % 10 AND l_birth // 10000 % 10 = r_birth // 1000 % 10 THEN 3
      WHEN l_birth - l_birth // 10000 % 100 * 10000 = r_birth - r_birth // 10000 % 100 * 10000
        AND l_birth // 10000 % 10 = r_birth // 100000 % 10 AND l_birth // 100000 % 10 = r_birth // 10000 % 10 THEN 3
      WHEN CASE WHEN l_birth // 10000 = r_birth // 10000 THEN 1 ELSE 0 END
        + CASE WHEN l_birth // 100 % 100 = r_birth // 100 % 100 THEN 1 ELSE 0 END
        + CASE WHEN l_birth % 100 = r_birth % 100 THEN 1 ELSE 0 END = 2 THEN 4
      WHEN l_birth // 10000 = r_birth // 10000 THEN 5
      ELSE 6
    END AS birth_level,
    CASE WHEN l_sex IS NULL OR r_sex IS NULL THEN 0 WHEN l_sex = r_sex THEN 1 ELSE 2 END AS sex_level,
    CASE
      WHEN l_town IS NULL OR r_town IS NULL THEN 0
      WHEN l_town <> r_town THEN
        CASE
          -- One slip in the words, one in the numbers.
          WHEN t.likeness = 2
            AND CASE WHEN l_number_1 IS NOT DISTINCT FROM r_number_1 THEN 1 ELSE 0 END
            + CASE WHEN l_number_2 IS NOT DISTINCT FROM r_number_2 THEN 1 ELSE 0 END
            + CASE WHEN l_number_3 IS NOT DISTINCT FROM r_number_3 THEN 1 ELSE 0 END >= 2 THEN 4
          WHEN t.likeness = 1 AND l_number_1 = r_number_1 AND l_number_2 = r_number_2
            AND l_number_3 IS NOT DISTINCT FROM r_number_3 THEN 4
          WHEN t.likeness = 2 OR (t.likeness = 1 AND (l_number_1 = r_number_1 OR l_number_2 = r_number_2)) THEN 5
          WHEN l_number_1 = r_number_1 AND l_number_2 = r_number_2
            AND l_number_3 IS NOT DISTINCT FROM r_number_3 THEN 7
          ELSE 6
        END
      WHEN l_number_1 IS NOT DISTINCT FROM r_number_1 AND l_number_2 IS NOT DISTINCT FROM r_number_2
        AND l_number_3 IS NOT DISTINCT FROM r_number_3
        THEN CASE WHEN l_unit IS NOT DISTINCT FROM r_unit THEN 1 WHEN l_unit IS NULL OR r_unit IS NULL THEN 2 ELSE 3 END
      WHEN CASE WHEN l_number_1 IS NOT DISTINCT FROM r_number_1 THEN 1 ELSE 0 END
        + CASE WHEN l_number_2 IS NOT DISTINCT FROM r_number_2 THEN 1 ELSE 0 END
        + CASE WHEN l_number_3 IS NOT DISTINCT FROM r_number_3 THEN 1 ELSE 0 END = 2 THEN 4
      ELSE 5
    END AS address_level,
    CASE WHEN l_phone IS NULL OR r_phone IS NULL THEN 0 WHEN l_phone = r_phone THEN 1 ELSE 2 END AS phone_level,
    l_surname_bits, l_given_bits, r_surname_bits, r_surname_kana_bits, r_given_bits, r_given_kana_bits, r_birth_bits,
    r_site_bits, r_phone_bits
  FROM scoring_met AS p
  LEFT JOIN scoring_like_name AS sn ON sn.a = least(l_surname, r_surname) AND sn.b = greatest(l_surname, r_surname)
  LEFT JOIN scoring_like_kana AS sk
    ON sk.a = least(l_surname_kana, r_surname_kana) AND sk.b = greatest(l_surname_kana, r_surname_kana)
  LEFT JOIN scoring_like_name AS gn ON gn.a = least(l_given, r_given) AND gn.b = greatest(l_given, r_given)
  LEFT JOIN scoring_like_kana AS gk
    ON gk.a = least(l_given_kana, r_given_kana) AND gk.b = greatest(l_given_kana, r_given_kana)
  LEFT JOIN scoring_like_name AS x
    ON x.a = CASE WHEN l_surname = r_given THEN least(l_given, r_surname)
      WHEN l_given = r_surname THEN least(l_surname, r_given) END
    AND x.b = CASE WHEN l_surname = r_given THEN greatest(l_given, r_surname)
      WHEN l_given = r_surname THEN greatest(l_surname, r_given) END
  LEFT JOIN scoring_like_town AS t ON t.a = least(l_town, r_town) AND t.b = greatest(l_town, r_town)
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
      coalesce(l_surname_bits + l_given_bits, r_surname_bits + r_given_bits),
      coalesce(r_surname_bits + r_given_bits, l_surname_bits + l_given_bits)
    )
    WHEN is_half_swapped THEN exchanged_bits
    ELSE
      CASE WHEN surname_state = 1 THEN r_surname_bits WHEN surname_kana_state = 1 THEN r_surname_kana_bits ELSE 0 END
      + CASE WHEN given_state = 1 THEN r_given_bits WHEN given_kana_state = 1 THEN r_given_kana_bits ELSE 0 END
  END
  + CASE WHEN birth_level = 1 THEN r_birth_bits ELSE 0 END
  + CASE WHEN address_level BETWEEN 1 AND 3 THEN r_site_bits ELSE 0 END
  + CASE WHEN phone_level = 1 THEN r_phone_bits ELSE 0 END AS rarity_millibits
FROM states
