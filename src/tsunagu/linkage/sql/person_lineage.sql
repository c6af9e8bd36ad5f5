-- Which person's records stand elsewhere than in the run before, and why.
-- Reads: linkage_link, identity.link (of the run before). Writes: nothing.
-- Grain: one old and one new person.
-- Parameters: earlier_run_id.
WITH moved AS (
  SELECT o.person_id AS old_person_id, n.person_id AS new_person_id, min(n.rule) AS rule, count(*) AS records
  FROM identity.link AS o
  JOIN linkage_link AS n ON n.subject_id = o.subject_id AND n.person_id <> o.person_id
  GROUP BY o.person_id, n.person_id
),
living AS (
  SELECT DISTINCT person_id FROM linkage_link
),
counted AS (
  SELECT *, count(*) OVER (PARTITION BY old_person_id) AS places FROM moved
)
SELECT
  c.old_person_id, c.new_person_id,
  CASE WHEN c.places = 1 AND l.person_id IS NULL THEN 'joined' ELSE 'split' END AS reason,
  c.rule, c.records, $earlier_run_id AS earlier_run_id
FROM counted AS c
LEFT JOIN living AS l ON l.person_id = c.old_person_id
ORDER BY c.old_person_id, c.new_person_id
