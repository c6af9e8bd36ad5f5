-- What else a change can travel by: households, in-house numbers, spellings of the register, records that wait.
-- Reads: linkage_known, linkage_spine, linkage_subject, linkage_link, weighing_left, weighing_spelling, weighing_right.
-- Writes: nothing. Grain: as identity.link_reach.
-- A record that stands on the person of its number needs no row for it.
WITH home AS (
  SELECT DISTINCT s.person_id, k.atena_number, k.household_number
  FROM linkage_known AS k
  JOIN linkage_spine AS s ON s.atena_number = k.atena_number
  WHERE k.household_number IS NOT NULL
),
numbered AS (
  SELECT subject_id, keyed_id('person', 'atena:' || atena_number) AS number_id
  FROM linkage_subject
  WHERE atena_number IS NOT NULL
  UNION
  SELECT subject_id, keyed_id('person', 'atena:' || mother_atena_number)
  FROM linkage_subject
  WHERE mother_atena_number IS NOT NULL
)
SELECT person_id AS owner_id, 'home' AS kind, keyed_id('household', household_number) AS reach_key FROM home
UNION ALL
SELECT DISTINCT t.subject_id, 'home', keyed_id('household', h.household_number)
FROM linkage_subject AS t
JOIN home AS h ON h.atena_number = t.mother_atena_number
WHERE t.due_on IS NOT NULL
UNION ALL
SELECT n.subject_id, 'number', n.number_id
FROM numbered AS n
WHERE NOT EXISTS (
  SELECT 1 FROM linkage_link AS l WHERE l.subject_id = n.subject_id AND l.person_id = n.number_id
)
UNION ALL
SELECT DISTINCT l.person_id, 'spelling', s.spelling_key FROM weighing_left AS l JOIN weighing_spelling AS s ON s.id = l.id
UNION ALL
SELECT subject_id, 'waits', 0 FROM weighing_right
