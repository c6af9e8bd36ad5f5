-- Who lives with some people on the day of the run.
-- Reads: facts.membership. Writes: nothing.
-- Grain: one of the people and one other of a present household.
-- Parameters: ids, run_day.
WITH present AS (
  SELECT DISTINCT person_id, household_id
  FROM facts.membership
  WHERE (valid_from IS NULL OR valid_from <= $run_day) AND (valid_to IS NULL OR valid_to > $run_day)
)
SELECT DISTINCT c.person_id, o.person_id
FROM present AS c
JOIN present AS o ON o.household_id = c.household_id AND o.person_id <> c.person_id
WHERE c.person_id IN (SELECT unnest($ids))
ORDER BY c.person_id, o.person_id
