-- Where the children of the load belong, for the row policies. Before school: unborn, or born in or after the year six
-- years before the school year of the day (from 1 April); the month of birth is not known here.
-- reads: people_loading
-- writes: access_belonging
-- grain: one child in one scope
-- parameters: $school_year
INSERT INTO access_belonging (person_id, scope_kind, scope_id, is_before_school)
SELECT
    l.person_id, s.scope_kind, s.scope_id, l.is_unborn OR COALESCE(l.birth_year >= $school_year - 6, false)
FROM people_loading AS l
CROSS JOIN LATERAL (
    VALUES ('municipality', ''), ('school', l.school_id), ('facility', l.facility_id), ('district', l.district)
) AS s (scope_kind, scope_id)
WHERE s.scope_id IS NOT NULL
