-- The exact keys that changed rows show by themselves; which of them count is settled by `night_keys`.
-- Reads: night_changed. Writes: night_key.
-- Grain: one key of one person or record.
-- Placeholders: {columns} the key as one text; {name} of the key.
INSERT INTO night_key
SELECT DISTINCT coalesce(person_id, subject_id), keyed_id('reach', '{name}|' || {columns})
FROM (
  SELECT
    person_id, subject_id, name_folded, kana_folded, birth_date, address_folded, phone_folded, guardian_name_folded
  FROM night_changed
  UNION ALL
  SELECT
    person_id, subject_id, other_name_folded, kana_folded, birth_date, address_folded, phone_folded,
    guardian_name_folded
  FROM night_changed
  WHERE other_name_folded IS NOT NULL
) AS r
WHERE {columns} IS NOT NULL
