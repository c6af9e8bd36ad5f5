-- A pregnancy becomes the child born of it: born near the expected date into the mother's household.
-- Reads: linkage_subject, linkage_known, linkage_spine, linkage_link, review_forbidden. Writes: linkage_link.
-- Grain: one pregnancy. Of twins the one with the smaller in-house key carries the pregnancy's facts.
INSERT INTO linkage_link
SELECT subject_id, person_id, system, 'birth_of_pregnancy', feed, known_from
FROM (
  SELECT
    t.subject_id, c.person_id, t.system, t.feed, t.known_from,
    row_number() OVER (
      PARTITION BY t.subject_id
      ORDER BY abs(date_diff('day', t.due_on, c.birth_date)), c.atena_number
    ) AS place
  FROM linkage_subject AS t
  JOIN linkage_spine AS m ON m.atena_number = t.mother_atena_number
  JOIN linkage_known AS mh
    ON mh.atena_number = m.atena_number AND mh.household_number IS NOT NULL
  JOIN linkage_spine AS c
    ON c.household_number = mh.household_number
    AND c.birth_date BETWEEN t.due_on - INTERVAL 120 DAY AND t.due_on + INTERVAL 30 DAY
  WHERE t.due_on IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM linkage_link AS l WHERE l.subject_id = t.subject_id)
    AND NOT EXISTS (
      SELECT 1 FROM review_forbidden AS f WHERE f.subject_id = t.subject_id AND f.person_id = c.person_id
    )
) AS ranked
WHERE place = 1
