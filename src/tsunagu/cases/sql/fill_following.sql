-- Whom the decision in force gives a next date on the day this is first kept.
-- reads: cases_decision, cases_taking_back
-- writes: access_followed
-- grain: one child and purpose
INSERT INTO access_followed (person_id, purpose, next_action_on)
SELECT person_id, purpose, next_action_on
FROM (
    SELECT DISTINCT ON (d.person_id, d.purpose) d.person_id, d.purpose, d.next_action_on
    FROM cases_decision AS d
    WHERE NOT EXISTS (SELECT 1 FROM cases_taking_back AS b WHERE b.about = d.id AND b.staff_id = d.staff_id)
    ORDER BY d.person_id, d.purpose, d.recorded_at DESC, d.id
) AS latest
WHERE next_action_on IS NOT NULL
