-- Records of the other systems that say who somebody is: some of those the exact keys linked, to learn from, and all
-- they left.
-- Reads: linkage_subject, linkage_link, linkage_spine. Writes: weighing_right.
-- Grain: one subject; `id` counts from 0. `numbered_person_id`: whom the in-house key on the record stands for,
-- whether the exact stage followed it or not.
-- Parameters: every (one in so many linked records is taken; 0: none).
CREATE OR REPLACE TEMP TABLE weighing_right AS
SELECT
  row_number() OVER (ORDER BY t.subject_id) - 1 AS id,
  t.subject_id, t.system, t.feed, t.known_from, l.person_id, l.rule,
  t.name AS full_name, t.kana AS full_name_kana, t.birth_date, t.sex, t.address, t.phone_folded AS phone,
  t.guardian_name_folded, s.person_id AS numbered_person_id
FROM linkage_subject AS t
LEFT JOIN linkage_link AS l ON l.subject_id = t.subject_id
LEFT JOIN linkage_spine AS s ON s.atena_number = t.atena_number
WHERE t.due_on IS NULL AND coalesce(t.name, t.kana) IS NOT NULL
  AND (l.person_id IS NULL OR ($every > 0 AND t.subject_id % greatest($every, 1) = 0))
ORDER BY id
