-- Whose results a household indicator looks at.
-- Reads: facts.kin, facts.membership, facts.person, runs_population. Writes: ind_relative.
-- Grain: one child, one way of being related, one relative. Doubtful kinship is left out.
-- Parameters: as_of.
WITH present AS (
  SELECT DISTINCT person_id, household_id
  FROM facts.membership
  WHERE (valid_from IS NULL OR valid_from <= $as_of) AND (valid_to IS NULL OR valid_to > $as_of)
),
related AS (
  SELECT person_id, CASE relation WHEN 'sibling' THEN 'siblings' ELSE 'parents' END AS over_whom, relative_id
  FROM facts.kin
  WHERE relation IN ('sibling', 'parent') AND confidence IN ('certain', 'likely')
  UNION
  SELECT a.person_id, 'household', b.person_id
  FROM present AS a
  JOIN present AS b ON b.household_id = a.household_id
)
SELECT DISTINCT r.person_id, r.over_whom, r.relative_id
FROM related AS r
JOIN runs_population AS c ON c.person_id = r.person_id
JOIN facts.person AS p ON p.person_id = r.relative_id
WHERE r.relative_id <> r.person_id
