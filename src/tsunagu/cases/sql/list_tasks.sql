-- What is to be done for the purpose in force, derived from what is known: nobody writes a task. A next date that has
-- come or comes soon, put off or not; a listed child nobody has decided about; one that the team has and nobody of it;
-- one whom everybody in charge leaves, or has left: whoever may not see the roles of others knows it by the day on which
-- they hand over, which the list of staff writes; an intake whose clock runs, which is whose who has received it, else
-- the duty officer's and then the deputy's.
-- One page of one tab, and how many each tab has; `unreceived`: how many intakes nobody has received, which is no tab.
-- reads: cases_listed, cases_decision, cases_deferral, cases_taking_back, cases_assignment,
--   cases_intake, cases_intake_step, cases_duty, people_directory and access_staff (names)
-- grain: one row: counts, page (JSON)
-- parameters: $on, $at (the moment), $staff_id (who asks), $teams (theirs), $whose (mine: in charge themselves or by their
--   team; all), $warned_days (so long before it is said that somebody leaves), $tab, $at_most, $skipped
WITH taken_back AS MATERIALIZED (
    SELECT about, staff_id FROM cases_taking_back
),
decided AS (
    SELECT DISTINCT ON (d.person_id) d.person_id, d.outcome, d.reason, d.recorded_at, d.next_action_on
    FROM cases_decision AS d
    WHERE (d.id, d.staff_id) NOT IN (SELECT about, staff_id FROM taken_back)
    ORDER BY d.person_id, d.recorded_at DESC, d.id
),
deferred AS (
    SELECT DISTINCT ON (f.person_id) f.person_id, f.until, f.reason, f.recorded_at
    FROM cases_deferral AS f
    WHERE (f.id, f.staff_id) NOT IN (SELECT about, staff_id FROM taken_back)
    ORDER BY f.person_id, f.recorded_at DESC, f.id
),
charged AS (
    SELECT
        a.person_id,
        bool_or(a.staff_id = $staff_id::bigint) AS is_mine,
        bool_or(a.team_id = ANY ($teams::text[])) AS is_my_teams,
        COALESCE(bool_or(o.until > $on::date), false) AS is_somebodys,
        max(o.until) AS held_until,
        jsonb_agg(COALESCE(s.name, a.team_id) ORDER BY a.valid_from, a.relationship_id) AS names
    FROM cases_assignment AS a
    LEFT JOIN access_staff AS s ON s.id = a.staff_id
    LEFT JOIN LATERAL (
        SELECT
            CASE
                WHEN NOT s.is_active THEN LEAST(s.hands_over_on, $on::date)
                WHEN a.valid_from < s.hands_over_on THEN s.hands_over_on
                ELSE 'infinity'::date
            END AS until
        WHERE a.staff_id IS NOT NULL
    ) AS o ON true
    WHERE a.valid_from <= $on::date AND (a.valid_to IS NULL OR a.valid_to > $on::date)
    GROUP BY a.person_id
),
stepped AS MATERIALIZED (
    SELECT s.intake_id, s.kind, s.staff_id, s.recorded_at
    FROM cases_intake_step AS s
    WHERE s.kind <> 'taking_back' AND NOT EXISTS (
        SELECT 1 FROM cases_intake_step AS t
        WHERE t.kind = 'taking_back' AND t.about = s.id AND t.staff_id = s.staff_id
    )
),
received AS (
    SELECT DISTINCT ON (s.intake_id) s.intake_id, s.staff_id
    FROM stepped AS s
    JOIN access_staff AS a ON a.id = s.staff_id AND a.is_active
    WHERE s.kind = 'receipt'
    ORDER BY s.intake_id, s.recorded_at DESC
),
on_duty AS (
    SELECT officer_id, deputy_id FROM cases_duty WHERE on_date = $on::date ORDER BY recorded_at DESC, id DESC LIMIT 1
),
intake AS (
    SELECT
        i.*, r.staff_id AS receiver_id,
        CASE
            WHEN r.staff_id IS NOT NULL THEN 'received'
            WHEN i.duty_at > $at::timestamptz THEN 'anybody'
            WHEN i.deputy_at > $at::timestamptz THEN 'duty'
            ELSE 'deputy'
        END AS turn
    FROM cases_intake AS i
    LEFT JOIN received AS r ON r.intake_id = i.id
    WHERE i.id NOT IN (SELECT intake_id FROM stepped WHERE kind IN ('sighting', 'closing'))
),
told AS (
    SELECT
        i.person_id, 'intake' AS kind, NULL::text AS outcome, i.said AS why_ja, i.said AS why_en, NULL::text AS need_level,
        i.urgency = 'now' OR i.due_at <= $at::timestamptz AS is_urgent, 0 AS need_rank,
        (i.due_at AT TIME ZONE 'Asia/Tokyo')::date AS due_on,
        i.id AS intake_id, i.due_at, i.name AS told_name, i.turn,
        (i.turn = 'received' AND i.receiver_id = $staff_id::bigint)
        OR (i.turn IN ('duty', 'deputy') AND o.officer_id = $staff_id::bigint)
        OR (i.turn = 'deputy' AND o.deputy_id = $staff_id::bigint) AS is_mine,
        (
            SELECT jsonb_agg(s.name ORDER BY s.id = o.deputy_id)
            FROM access_staff AS s
            WHERE s.id = i.receiver_id
                OR (i.turn IN ('duty', 'deputy') AND s.id = o.officer_id)
                OR (i.turn = 'deputy' AND s.id = o.deputy_id)
        ) AS names,
        i.turn <> 'received' AS is_waiting,
        i.turn = 'received' AS is_somebodys
    FROM intake AS i
    LEFT JOIN on_duty AS o ON true
),
due AS (
    SELECT
        d.person_id, 'due' AS kind, d.outcome, d.reason AS why_ja, d.reason AS why_en, NULL::text AS need_level,
        false AS is_urgent, 0 AS need_rank,
        CASE WHEN f.recorded_at > d.recorded_at THEN f.until ELSE d.next_action_on END AS due_on
    FROM decided AS d
    LEFT JOIN deferred AS f ON f.person_id = d.person_id
    WHERE d.next_action_on IS NOT NULL
),
fresh AS (
    SELECT
        l.person_id, 'new' AS kind, NULL::text AS outcome, l.headline_ja AS why_ja, l.headline_en AS why_en,
        l.need_level, l.has_red_flag OR l.is_silence_urgent AS is_urgent, l.need_rank::int AS need_rank,
        f.until AS due_on
    FROM cases_listed AS l
    LEFT JOIN deferred AS f ON f.person_id = l.person_id
    WHERE l.person_id NOT IN (SELECT person_id FROM decided)
),
leaving AS (
    SELECT
        person_id, 'handover' AS kind, NULL::text AS outcome, '' AS why_ja, '' AS why_en, NULL::text AS need_level,
        false AS is_urgent, 0 AS need_rank, held_until AS due_on
    FROM charged
    WHERE held_until <= $on::date + $warned_days::int
),
-- FULL and not LEFT, because the planner hashes it however few rows it expects; who is in charge of a child without a
-- task goes again at once.
written AS (
    SELECT
        t.*, NULL::uuid AS intake_id, NULL::timestamptz AS due_at, NULL::text AS told_name, NULL::text AS turn,
        COALESCE(c.is_mine, false) AS is_mine, c.names,
        COALESCE(c.is_my_teams, false) AND NOT COALESCE(c.is_somebodys, false) AS is_waiting,
        COALESCE(c.is_somebodys, false) AS is_somebodys
    FROM (SELECT * FROM due UNION ALL SELECT * FROM fresh UNION ALL SELECT * FROM leaving) AS t
    FULL JOIN charged AS c ON c.person_id = t.person_id
    WHERE COALESCE(t.kind, '') <> '' AND ($whose = 'all' OR c.is_mine OR c.is_my_teams)
),
task AS (
    SELECT
        t.*,
        CASE
            WHEN t.due_on < $on::date OR t.due_at <= $at::timestamptz THEN 'overdue'
            WHEN t.due_on = $on::date THEN 'today'
            WHEN t.due_on <= $on::date + 7 THEN 'week'
            WHEN t.due_on IS NOT NULL THEN 'later'
            ELSE 'new'
        END AS time
    FROM (SELECT * FROM written UNION ALL SELECT * FROM told) AS t
),
tabbed AS MATERIALIZED (
    SELECT task.*, time AS tab FROM task
    WHERE time <> 'later' AND kind <> 'handover' AND (kind <> 'intake' OR $whose = 'all' OR is_mine)
    UNION ALL
    SELECT task.*, 'handover' FROM task WHERE kind = 'handover'
    UNION ALL
    SELECT task.*, 'waiting' FROM task WHERE is_waiting
    UNION ALL
    SELECT task.*, 'unreceived' FROM task WHERE is_waiting AND kind = 'intake'
    UNION ALL
    SELECT task.*, 'unassigned' FROM task WHERE $whose = 'all' AND NOT is_somebodys AND kind NOT IN ('handover', 'intake')
),
page AS (
    SELECT
        t.*,
        row_number() OVER (
            ORDER BY t.due_at NULLS LAST, t.due_on NULLS LAST, t.is_urgent DESC, t.need_rank DESC, t.person_id, t.intake_id
        ) AS place
    FROM tabbed AS t
    WHERE t.tab = $tab
    ORDER BY place
    LIMIT $at_most OFFSET $skipped
)
SELECT
    (SELECT jsonb_object_agg(tab, tasks) FROM (SELECT tab, count(*) AS tasks FROM tabbed GROUP BY tab) AS counted) AS counts,
    (
        SELECT jsonb_agg(
            jsonb_build_object(
                'intake_id', p.intake_id, 'due_at', p.due_at, 'told_name', p.told_name, 'turn', p.turn,
                'person_id', p.person_id, 'kind', p.kind, 'name', CASE WHEN d.person_id IS NOT NULL THEN COALESCE(d.name, '') END, 'kana', d.kana, 'birth_year', d.birth_year,
                'age_ja', l.age_ja, 'age_en', l.age_en, 'grade', l.grade, 'outcome', p.outcome, 'why_ja', p.why_ja,
                'why_en', p.why_en, 'need_level', p.need_level, 'is_urgent', p.is_urgent, 'due_on', p.due_on,
                'time', p.time, 'is_mine', p.is_mine, 'is_waiting', p.is_waiting, 'in_charge', COALESCE(p.names, '[]')
            ) ORDER BY p.place
        )
        FROM page AS p
        LEFT JOIN people_directory AS d ON d.person_id = p.person_id
        LEFT JOIN cases_listed AS l ON l.person_id = p.person_id
    ) AS page
