-- One exact key: the spelling belongs to exactly one person, and nothing else the record says contradicts.
-- Reads: linkage_waiting, linkage_profile, linkage_spine, review_forbidden. Writes: linkage_link.
-- Grain: one subject.
-- Placeholders (names of declared columns, see rules.py): {columns} the key; {present} all of them known;
-- {same} all of them equal to a waiting record's; {scope} children only or everybody; {most_subjects} how many subjects
-- of one system may share the key.
INSERT INTO linkage_link
WITH waiting AS (
  SELECT *, count(*) OVER (PARTITION BY system, {columns}) AS rivals
  FROM linkage_waiting
  WHERE {present}
),
-- Only keys that somebody waits for: counting everybody's would cost the register each time.
keyed AS (
  SELECT {columns}, min(person_id) AS person_id
  FROM linkage_profile
  WHERE {scope} AND EXISTS (SELECT 1 FROM waiting AS w WHERE {same})
  GROUP BY {columns}
  HAVING count(DISTINCT person_id) = 1
)
SELECT t.subject_id, s.person_id, t.system, '{rule}', t.feed, t.known_from
FROM waiting AS t
JOIN keyed AS k USING ({columns})
JOIN linkage_spine AS s ON s.person_id = k.person_id
WHERE t.rivals <= {most_subjects}
  AND NOT EXISTS (
    SELECT 1 FROM review_forbidden AS f WHERE f.subject_id = t.subject_id AND f.person_id = s.person_id
  )
  AND NOT coalesce(t.sex <> s.sex, false)
  AND NOT coalesce(t.birth_date <> s.birth_date, false)
