-- Every spelling under which a person is known so far: the register's, and those of records already linked.
-- Reads: linkage_known, linkage_link, linkage_spine. Writes: linkage_profile.
-- Grain: one spelling of one person in one record; a key counts persons, so it is no matter that spellings repeat.
-- Parameters: child_born_from (children are born on or after this day).
CREATE OR REPLACE TEMP TABLE linkage_profile AS
SELECT
  l.person_id, k.name_folded, k.kana_folded, s.birth_date, s.sex, k.address_folded, k.phone_folded,
  k.guardian_name_folded,
  coalesce(s.birth_date >= $child_born_from, false) AS is_child
FROM linkage_known AS k
JOIN linkage_link AS l ON l.subject_id = k.subject_id
JOIN linkage_spine AS s ON s.person_id = l.person_id
UNION ALL
SELECT
  s.person_id, k.other_name_folded, k.kana_folded, s.birth_date, s.sex, k.address_folded, k.phone_folded,
  k.guardian_name_folded,
  coalesce(s.birth_date >= $child_born_from, false) AS is_child
FROM linkage_known AS k
JOIN linkage_link AS l ON l.subject_id = k.subject_id
JOIN linkage_spine AS s ON s.person_id = l.person_id
WHERE k.other_name_folded IS NOT NULL
UNION ALL
SELECT
  c.person_id, c.name_folded, c.kana_folded, c.birth_date, c.sex, c.address_folded, NULL, g.name_folded,
  true AS is_child
FROM linkage_spine AS c
JOIN linkage_spine AS g
  ON g.household_number = c.household_number AND g.birth_date < $child_born_from
WHERE c.birth_date >= $child_born_from
