-- Who is in charge on the day the copy begins.
-- reads: access_relationship
-- writes: cases_assignment
-- grain: one relationship
INSERT INTO cases_assignment (relationship_id, person_id, staff_id, team_id, valid_from, valid_to)
SELECT id, person_id, staff_id, CASE WHEN scope_kind = 'team' THEN scope_id ELSE '' END, valid_from, valid_to
FROM access_relationship
WHERE kind IN ('assigned', 'team')
