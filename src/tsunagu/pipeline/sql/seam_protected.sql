-- Everybody whose address must not be told: the protected, and whoever lives with one of them.
-- Reads: linkage_protected, facts.membership. Writes: seam_protected.
-- Grain: one person. `is_own`: the measure names this person.
-- Parameters: run_day.
CREATE OR REPLACE TEMP TABLE seam_protected AS
WITH present AS (
  SELECT person_id, household_id
  FROM facts.membership
  WHERE (valid_from IS NULL OR valid_from <= $run_day) AND (valid_to IS NULL OR valid_to > $run_day)
),
named AS (
  SELECT person_id, 1 AS is_own FROM linkage_protected
  UNION ALL
  SELECT o.person_id, 0
  FROM linkage_protected AS p
  JOIN present AS m ON m.person_id = p.person_id
  JOIN present AS o ON o.household_id = m.household_id
)
SELECT person_id, max(is_own) = 1 AS is_own
FROM named
GROUP BY person_id
