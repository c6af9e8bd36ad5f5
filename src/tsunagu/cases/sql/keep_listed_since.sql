-- Whoever was listed before the load keeps the day since which, in the load's rows as well.
-- reads: access_listed
-- writes: cases_loading
-- grain: one child
UPDATE cases_loading AS l SET listed_since = a.listed_since
FROM access_listed AS a WHERE a.person_id = l.person_id AND a.purpose = l.purpose
