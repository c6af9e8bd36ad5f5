-- Children whose names hold what was typed, whole or most of it, or whose birth date is the one typed: first those with
-- both, then those of the same year, the same day alone, the name alone, and names that are only alike; among those the
-- shortest name, which says least besides.
-- reads: people_search_key, people_directory
-- grain: one child; `total`: how many there are in all
-- parameters: $name_keys, $kana_keys, $word_keys (empty: nothing to compare), $birth_key, $birth_year (null: not known),
-- $keys (all of them), $least (how many of $word_keys a name that is only alike must hold; 0: none is looked for), $at_most
WITH held AS (
    SELECT
        person_id,
        sum(CASE WHEN key = ANY ($name_keys::text[]) THEN 1 ELSE 0 END) AS names,
        sum(CASE WHEN key = ANY ($kana_keys::text[]) THEN 1 ELSE 0 END) AS kanas,
        sum(CASE WHEN key = ANY ($word_keys::text[]) THEN 1 ELSE 0 END) AS shared,
        coalesce(bool_or(key = $birth_key::text), false) AS is_born
    FROM people_search_key
    WHERE key = ANY ($keys::text[])
    GROUP BY person_id
),
compared AS (
    SELECT
        person_id, shared, is_born,
        (names > 0 AND names = cardinality($name_keys::text[]))
        OR (kanas > 0 AND kanas = cardinality($kana_keys::text[])) AS is_whole,
        shared > 0 AND shared = cardinality($word_keys::text[]) AS has_words
    FROM held
),
found AS (
    SELECT *, is_whole OR has_words AS is_named FROM compared
    WHERE is_whole OR has_words OR is_born OR ($least::integer > 0 AND shared >= $least::integer)
)
SELECT
    d.person_id, d.name, d.kana, d.birth_year, d.is_unborn, d.is_protected, f.is_named, f.is_born,
    count(*) OVER () AS total
FROM found AS f
JOIN people_directory AS d ON d.person_id = f.person_id
ORDER BY
    CASE
        WHEN f.is_named AND f.is_born THEN 0
        WHEN f.is_named AND d.birth_year = $birth_year::integer THEN 1
        WHEN f.is_born THEN 2
        WHEN f.is_named THEN 3
        ELSE 4
    END,
    CASE WHEN f.is_whole THEN 0 WHEN f.is_named THEN 1 ELSE 2 END, f.shared DESC,
    length(d.name), d.kana, d.birth_year, d.person_id
LIMIT $at_most
