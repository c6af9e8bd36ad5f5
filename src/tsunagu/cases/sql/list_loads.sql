-- Who is in charge of how many children, and how much of it is due for the purpose in force: members of staff, teams, and
-- nobody, which is whom a task waits for and no member of staff has, a team or not. A child with several counts for each.
-- reads: cases_listed, cases_decision, cases_deferral, cases_taking_back, cases_assignment, access_staff
-- grain: one member of staff, team, or nobody
-- parameters: $on
WITH taken_back AS MATERIALIZED (
    SELECT about, staff_id FROM cases_taking_back
),
decided AS (
    SELECT DISTINCT ON (d.person_id) d.person_id, d.recorded_at, d.next_action_on
    FROM cases_decision AS d
    WHERE (d.id, d.staff_id) NOT IN (SELECT about, staff_id FROM taken_back)
    ORDER BY d.person_id, d.recorded_at DESC, d.id
),
deferred AS (
    SELECT DISTINCT ON (f.person_id) f.person_id, f.until, f.recorded_at
    FROM cases_deferral AS f
    WHERE (f.id, f.staff_id) NOT IN (SELECT about, staff_id FROM taken_back)
    ORDER BY f.person_id, f.recorded_at DESC, f.id
),
charged AS (
    SELECT DISTINCT a.person_id, a.staff_id, a.team_id
    FROM cases_assignment AS a
    LEFT JOIN access_staff AS s ON s.id = a.staff_id
    WHERE a.valid_from <= $on::date AND (a.valid_to IS NULL OR a.valid_to > $on::date)
        AND (
            a.staff_id IS NULL
            OR (s.is_active AND (s.hands_over_on IS NULL OR s.hands_over_on > $on::date OR a.valid_from >= s.hands_over_on))
        )
),
-- Every child there is something to do for, or somebody in charge of.
child AS (
    SELECT
        p.person_id,
        CASE
            WHEN d.person_id IS NULL OR (d.next_action_on IS NOT NULL AND f.recorded_at > d.recorded_at) THEN f.until
            ELSE d.next_action_on
        END AS due_on,
        d.person_id IS NULL AND l.person_id IS NOT NULL AS is_new
    FROM (
        SELECT person_id FROM cases_listed
        UNION
        SELECT person_id FROM decided WHERE next_action_on IS NOT NULL
        UNION
        SELECT person_id FROM charged
    ) AS p
    LEFT JOIN decided AS d ON d.person_id = p.person_id
    LEFT JOIN deferred AS f ON f.person_id = p.person_id
    LEFT JOIN cases_listed AS l ON l.person_id = p.person_id
)
SELECT
    s.id AS staff_id, COALESCE(s.name, '') AS name, COALESCE(s.department, '') AS department,
    COALESCE(h.team_id, '') AS team_id, s.hands_over_on, count(*) AS children,
    COALESCE(sum((c.due_on < $on::date)::int), 0) AS overdue,
    COALESCE(sum((c.due_on BETWEEN $on::date AND $on::date + 7)::int), 0) AS soon,
    COALESCE(sum(c.is_new::int), 0) AS undecided
FROM child AS c
JOIN (
    SELECT person_id, staff_id, team_id FROM charged
    UNION ALL
    SELECT person_id, NULL, '' FROM child
    WHERE (is_new OR due_on IS NOT NULL)
        AND person_id NOT IN (SELECT person_id FROM charged WHERE staff_id IS NOT NULL)
) AS h ON h.person_id = c.person_id
LEFT JOIN access_staff AS s ON s.id = h.staff_id
GROUP BY s.id, s.name, s.department, h.team_id, s.hands_over_on
ORDER BY s.id IS NOT NULL, h.team_id <> '', children DESC, s.id, h.team_id
