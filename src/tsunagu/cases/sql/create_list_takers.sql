-- Who may take intakes on a day, by number: whoever sets the duty may ask, though they see nobody else's roles.
-- reads: access_roleassignment, access_roleright, access_staff
-- writes: nothing
-- grain: one member of staff (by a function)
CREATE FUNCTION cases_list_takers(wanted date) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp
AS '
    SELECT DISTINCT s.id
    FROM access_staff AS s
    JOIN access_roleassignment AS a ON a.staff_id = s.id
    JOIN access_roleright AS r ON r.role = a.role
    WHERE s.is_active AND r.permission = ''take_intake''
        AND a.valid_from <= wanted AND (a.valid_to IS NULL OR a.valid_to > wanted)
'
