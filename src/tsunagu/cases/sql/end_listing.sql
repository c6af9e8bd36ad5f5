-- Who is not listed any more.
-- reads: cases_loading
-- writes: access_listed
-- grain: one child
-- parameters: $purpose
DELETE FROM access_listed AS a
WHERE a.purpose = $purpose AND NOT EXISTS (SELECT 1 FROM cases_loading AS l WHERE l.person_id = a.person_id)
