-- Who lives with one child on the day of the run.
-- Reads: facts.membership, facts.kin, facts.person, seam_protected. Writes: nothing.
-- Grain: one other person of a present household. `relation` null: not told by the register's codes. `is_withheld`:
-- under address protection while the child is not, so that nobody is found through a relative.
-- Parameters: person_id, run_day.
WITH present AS (
  SELECT DISTINCT person_id, household_id, role
  FROM facts.membership
  WHERE (valid_from IS NULL OR valid_from <= $run_day) AND (valid_to IS NULL OR valid_to > $run_day)
),
own AS (
  SELECT max(CASE WHEN is_own THEN 1 ELSE 0 END) AS is_own FROM seam_protected WHERE person_id = $person_id
)
SELECT
  o.person_id, min(o.role) AS role, min(k.relation) AS relation, min(k.confidence) AS confidence,
  CAST(min(year(p.birth_month)) AS INTEGER) AS birth_year,
  max(CASE WHEN s.is_own THEN 1 ELSE 0 END) = 1 AND coalesce(min(w.is_own), 0) = 0 AS is_withheld
FROM present AS c
JOIN present AS o ON o.household_id = c.household_id AND o.person_id <> c.person_id
CROSS JOIN own AS w
LEFT JOIN facts.kin AS k ON k.person_id = c.person_id AND k.relative_id = o.person_id
LEFT JOIN facts.person AS p ON p.person_id = o.person_id
LEFT JOIN seam_protected AS s ON s.person_id = o.person_id
WHERE c.person_id = $person_id
GROUP BY o.person_id
ORDER BY coalesce(min(year(p.birth_month)), 0), o.person_id
