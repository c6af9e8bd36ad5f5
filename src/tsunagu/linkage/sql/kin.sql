-- Relations between people under one roof on $as_of, from how each stands to the head of the household.
-- Reads: linkage_membership, linkage_relation (from role, to role, relation, confidence). Writes: linkage_kin.
-- Grain: one directed pair. Nothing is said of people in other households, so a protected person can never
-- be found through a relative.
-- Parameters: as_of.
CREATE OR REPLACE TEMP TABLE linkage_kin AS
WITH present AS (
  SELECT DISTINCT person_id, household_id, role
  FROM linkage_membership
  WHERE (valid_from IS NULL OR valid_from <= $as_of) AND (valid_to IS NULL OR valid_to > $as_of)
)
SELECT DISTINCT a.person_id, b.person_id AS relative_id, r.relation, r.confidence
FROM present AS a
JOIN present AS b ON b.household_id = a.household_id AND b.person_id <> a.person_id
JOIN linkage_relation AS r ON r.person_role = a.role AND r.relative_role = b.role
