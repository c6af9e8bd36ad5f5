-- Everybody of the register in every spelling known: the register's present row, and what else records that are linked
-- already say (former surnames and addresses, telephone numbers, common names).
-- Reads: linkage_spine, linkage_known, linkage_link. Writes: weighing_left.
-- Grain: one spelling of one person. `id` counts from 0, present rows first; only those carry the household.
-- Parameters: child_born_from.
CREATE OR REPLACE TEMP TABLE weighing_left AS
WITH said AS (
  SELECT
    l.person_id, k.name_folded, k.kana_folded, k.address_folded, k.phone_folded, k.name, k.kana, k.address
  FROM linkage_known AS k
  JOIN linkage_link AS l ON l.subject_id = k.subject_id
  UNION ALL
  SELECT
    l.person_id, k.other_name_folded, k.kana_folded, k.address_folded, k.phone_folded, k.other_name_folded,
    k.kana, k.address
  FROM linkage_known AS k
  JOIN linkage_link AS l ON l.subject_id = k.subject_id
  WHERE k.other_name_folded IS NOT NULL
),
spelling AS (
  SELECT
    0 AS is_other, person_id, name AS full_name, kana AS full_name_kana, birth_date, sex, address,
    CAST(NULL AS VARCHAR) AS phone, household_number AS household_id
  FROM linkage_spine
  UNION ALL
  -- What a record leaves out is filled from the register, so that silence never compares better than a difference.
  SELECT
    1, a.person_id, coalesce(min(a.name), min(s.name)), coalesce(min(a.kana), min(s.kana)), min(s.birth_date),
    min(s.sex), coalesce(min(a.address), min(s.address)), a.phone_folded, NULL
  FROM said AS a
  JOIN linkage_spine AS s ON s.person_id = a.person_id
  WHERE a.phone_folded IS NOT NULL
    OR a.name_folded <> s.name_folded
    OR a.kana_folded <> s.kana_folded
    OR a.address_folded <> s.address_folded
  GROUP BY a.person_id, a.name_folded, a.kana_folded, a.address_folded, a.phone_folded
)
SELECT
  row_number() OVER (
    ORDER BY is_other, person_id, full_name, full_name_kana, address, phone
  ) - 1 AS id,
  *,
  coalesce(birth_date >= $child_born_from, false) AS is_child
FROM spelling
ORDER BY id
