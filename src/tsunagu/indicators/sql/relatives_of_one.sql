-- The relatives of one child that a household indicator looks at.
-- Reads: facts.kin, facts.membership, facts.person. Grain: one relative.
-- Parameters: as_of, person_id, over_whom (siblings, parents or household).
WITH present AS (
  SELECT DISTINCT person_id, household_id
  FROM facts.membership
  WHERE (valid_from IS NULL OR valid_from <= $as_of) AND (valid_to IS NULL OR valid_to > $as_of)
),
related AS (
  SELECT relative_id, CASE relation WHEN 'sibling' THEN 'siblings' ELSE 'parents' END AS over_whom
  FROM facts.kin
  WHERE
    person_id = $person_id AND relation IN ('sibling', 'parent') AND confidence IN ('certain', 'likely')
  UNION
  SELECT b.person_id, 'household'
  FROM present AS a
  JOIN present AS b ON b.household_id = a.household_id
  WHERE a.person_id = $person_id
)
SELECT DISTINCT p.person_id, p.birth_month, p.due_month
FROM related AS r
JOIN facts.person AS p ON p.person_id = r.relative_id
WHERE r.over_whom = $over_whom AND p.person_id <> $person_id
ORDER BY p.person_id
