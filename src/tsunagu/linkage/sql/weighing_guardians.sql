-- What the guardian named in a record says of the household of a candidate, or of a person linked already.
-- Reads: {pairs} (person_id, right_id), weighing_right, linkage_spine.
-- Grain: one pair whose record names a guardian and whose person lives with somebody. `is_there`: somebody of that name
-- lives there.
-- Placeholders: {pairs} a table or subquery.
WITH asked AS (
  SELECT DISTINCT p.person_id, p.right_id, r.guardian_name_folded AS guardian, s.household_number
  FROM {pairs} AS p
  JOIN weighing_right AS r ON r.id = p.right_id
  JOIN linkage_spine AS s ON s.person_id = p.person_id
  WHERE r.guardian_name_folded IS NOT NULL AND s.household_number IS NOT NULL
),
member AS (
  SELECT household_number, person_id, name_folded FROM linkage_spine WHERE household_number IS NOT NULL
)
SELECT
  a.person_id, a.right_id, a.guardian, max(CASE WHEN m.name_folded = a.guardian THEN 1 ELSE 0 END) AS is_there
FROM asked AS a
JOIN member AS m ON m.household_number = a.household_number AND m.person_id <> a.person_id
GROUP BY a.person_id, a.right_id, a.guardian
