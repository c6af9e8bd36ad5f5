-- Keys of children with the names of those whom a change made their guardians, or gave another name. `night_keys` settles
-- which of them count; with them from the start, few nights have to be linked a second time.
-- Reads: night_roof, night_resident, night_touched. Writes: night_key.
-- Grain: one key of one child.
-- Parameters: born_from. Placeholders: {columns} the key as one text; {name} of the key.
INSERT INTO night_key
WITH named AS (
  SELECT h.home_id, r.*, EXISTS (SELECT 1 FROM night_touched AS t WHERE t.id = r.person_id) AS is_touched
  FROM night_roof AS h
  JOIN night_resident AS r ON r.person_id = h.person_id
)
SELECT DISTINCT person_id, keyed_id('reach', '{name}|' || {columns})
FROM (
  SELECT
    c.person_id, c.name_folded, c.kana_folded, c.birth_date, c.address_folded, c.phone_folded,
    g.name_folded AS guardian_name_folded
  FROM named AS c
  JOIN named AS g ON g.home_id = c.home_id
  WHERE c.birth_date >= $born_from AND g.birth_date < $born_from AND (c.is_touched OR g.is_touched)
) AS r
WHERE {columns} IS NOT NULL
