-- Address protection that the load does not know any more ends with the day of the load.
-- reads: people_loading
-- writes: access_protection
-- grain: one protected child
-- parameters: $on
UPDATE access_protection AS p SET valid_to = GREATEST($on, p.valid_from + 1)
WHERE p.valid_to IS NULL
    AND NOT EXISTS (SELECT 1 FROM people_loading AS l WHERE l.person_id = p.person_id AND l.is_protected)
