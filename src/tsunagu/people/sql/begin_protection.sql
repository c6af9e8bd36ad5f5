-- Address protection that is new begins with the day of the load; one that had ended on that day goes on.
-- reads: people_loading
-- writes: access_protection
-- grain: one protected child
-- parameters: $on
INSERT INTO access_protection (person_id, valid_from)
SELECT l.person_id, $on FROM people_loading AS l
WHERE l.is_protected
    AND NOT EXISTS (SELECT 1 FROM access_protection AS p WHERE p.person_id = l.person_id AND p.valid_to IS NULL)
ON CONFLICT (person_id, valid_from) DO UPDATE SET valid_to = NULL
