-- The children listed for the purpose in force, narrowed by what was chosen: one page of them, how many there are, how
-- many stand behind every value of every facet under the choices of the other facets, and how many each step left out.
-- A child is left out by the first facet, in their order, whose choice it does not meet.
-- reads: cases_listed, cases_run, cases_decision, cases_contact_made, cases_taking_back, cases_assignment,
--   people_directory and access_staff (names of the page alone), people_child (sex, for the shares alone)
-- grain: one row: visible, facets, left_out, page, shares (JSON)
-- parameters: $on, $staff_id (who asks); $level, $flag, $kind, $age, $school, $district, $registered, $unseen, $contact,
--   $fresh, $since, $decision, $meeting, $state, $charge (chosen values of each facet; empty: all); $shown_left_out (the
--   facet whose left-out children are the page; empty: those who are left); $states (outcome to state); $with_shares (how many of each group are
--   listed, and how many are left), $cut (of them the first so many; null: all); $sort, $at_most, $skipped
WITH taken_back AS MATERIALIZED (
    SELECT about, staff_id FROM cases_taking_back
),
-- NOT IN, because the planner hashes it however few rows it expects; both columns are never null.
said AS MATERIALIZED (
    SELECT d.id, d.person_id, d.outcome, d.decided_on, d.next_action_on, d.recorded_at
    FROM cases_decision AS d
    WHERE (d.id, d.staff_id) NOT IN (SELECT about, staff_id FROM taken_back)
),
decided AS (
    SELECT DISTINCT ON (person_id) person_id, outcome, decided_on, next_action_on
    FROM said
    ORDER BY person_id, recorded_at DESC, id
),
-- Whom somebody decided to bring before a meeting, whatever was decided afterwards.
brought AS (
    SELECT DISTINCT person_id FROM said WHERE outcome = 'council'
),
contacted AS (
    SELECT c.person_id, max(c.occurred_on) AS last_on FROM cases_contact_made AS c
    WHERE (c.id, c.staff_id) NOT IN (SELECT about, staff_id FROM taken_back)
    GROUP BY c.person_id
),
charged AS (
    SELECT
        a.person_id, bool_or(a.staff_id IS NOT DISTINCT FROM $staff_id::bigint) AS is_mine,
        array_agg(a.staff_id ORDER BY a.valid_from, a.relationship_id) AS staff_ids,
        array_agg(a.team_id ORDER BY a.valid_from, a.relationship_id) AS team_ids
    FROM cases_assignment AS a
    WHERE a.valid_from <= $on::date AND (a.valid_to IS NULL OR a.valid_to > $on::date)
    GROUP BY a.person_id
),
child AS MATERIALIZED (
    SELECT
        l.person_id, l.need_level, l.need_rank, l.headline_ja, l.headline_en, l.has_red_flag, l.is_silence_urgent,
        l.days_unseen, l.last_seen_on, l.age_ja, l.age_en, l.age_months, l.school_id, l.facility_id,
        l.is_protected, l.known_until, l.kinds, l.listed_since, l.district AS district_name,
        COALESCE(l.need_level, 'silence') AS level,
        CASE WHEN l.has_red_flag THEN 'red_flag' WHEN l.is_silence_urgent THEN 'silence' ELSE 'none' END AS flag,
        CASE
            WHEN l.is_unborn THEN 'unborn'
            WHEN l.age_years IS NULL THEN 'unknown'
            WHEN l.age_years < 3 THEN '0' WHEN l.age_years < 6 THEN '3' WHEN l.age_years < 9 THEN '6'
            WHEN l.age_years < 12 THEN '9' WHEN l.age_years < 15 THEN '12' ELSE '15'
        END AS age,
        CASE
            WHEN l.is_protected THEN '*'
            WHEN l.school_id IS NOT NULL THEN 's' || l.school_id
            WHEN l.facility_id IS NOT NULL THEN 'f' || l.facility_id
            ELSE '-'
        END AS school,
        CASE WHEN l.is_protected THEN '*' ELSE COALESCE('d' || l.district, '-') END AS district,
        CASE WHEN l.is_registered THEN 'yes' ELSE 'no' END AS registered,
        CASE
            WHEN l.months_unseen IS NULL THEN 'unknown'
            WHEN l.months_unseen < 1 THEN '0' WHEN l.months_unseen < 3 THEN '1' WHEN l.months_unseen < 6 THEN '3'
            ELSE '6'
        END AS unseen,
        CASE
            WHEN l.known_until IS NULL THEN 'none'
            WHEN $on::date - l.known_until <= 31 THEN '31' WHEN $on::date - l.known_until <= 92 THEN '92'
            WHEN $on::date - l.known_until <= 366 THEN '366' ELSE 'old'
        END AS fresh,
        CASE
            WHEN GREATEST(c.last_on, l.last_seen_on) IS NULL THEN 'none'
            WHEN $on::date - GREATEST(c.last_on, l.last_seen_on) <= 30 THEN '30'
            WHEN $on::date - GREATEST(c.last_on, l.last_seen_on) <= 90 THEN '90'
            WHEN $on::date - GREATEST(c.last_on, l.last_seen_on) <= 180 THEN '180'
            ELSE 'old'
        END AS contact,
        CASE WHEN l.listed_since >= r.as_of THEN 'new' ELSE 'before' END AS since,
        CASE WHEN b.person_id IS NOT NULL THEN 'decided' ELSE 'not' END AS meeting,
        COALESCE($states::jsonb ->> d.outcome, 'new') AS state,
        CASE
            WHEN l.is_unborn THEN 'unborn'
            WHEN left(l.grade, 1) = 'p' THEN 'primary'
            WHEN left(l.grade, 1) = 'j' THEN 'junior'
            WHEN left(l.grade, 1) = 'h' THEN 'high'
            WHEN left(l.grade, 1) = 'e' OR l.age_years < 6 THEN 'before'
            ELSE 'none'
        END AS stage,
        COALESCE(d.outcome, 'none') AS decision, d.decided_on, d.next_action_on,
        a.staff_ids, a.team_ids,
        CASE WHEN a.is_mine THEN 'mine' WHEN a.person_id IS NOT NULL THEN 'others' ELSE 'none' END AS charge
    FROM cases_listed AS l
    LEFT JOIN cases_run AS r ON r.run_id = l.run_id AND r.purpose = l.purpose
    LEFT JOIN decided AS d ON d.person_id = l.person_id
    LEFT JOIN brought AS b ON b.person_id = l.person_id
    LEFT JOIN contacted AS c ON c.person_id = l.person_id
    LEFT JOIN charged AS a ON a.person_id = l.person_id
),
missed AS (
    SELECT
        child.*,
        (cardinality($level::text[]) > 0 AND level <> ALL ($level::text[]))::int AS no_level,
        (cardinality($flag::text[]) > 0 AND flag <> ALL ($flag::text[]))::int AS no_flag,
        (cardinality($kind::text[]) > 0 AND NOT kinds && $kind::text[])::int AS no_kind,
        (cardinality($age::text[]) > 0 AND age <> ALL ($age::text[]))::int AS no_age,
        (cardinality($school::text[]) > 0 AND school <> ALL ($school::text[]))::int AS no_school,
        (cardinality($district::text[]) > 0 AND district <> ALL ($district::text[]))::int AS no_district,
        (cardinality($registered::text[]) > 0 AND registered <> ALL ($registered::text[]))::int AS no_registered,
        (cardinality($unseen::text[]) > 0 AND unseen <> ALL ($unseen::text[]))::int AS no_unseen,
        (cardinality($contact::text[]) > 0 AND contact <> ALL ($contact::text[]))::int AS no_contact,
        (cardinality($fresh::text[]) > 0 AND fresh <> ALL ($fresh::text[]))::int AS no_fresh,
        (cardinality($since::text[]) > 0 AND since <> ALL ($since::text[]))::int AS no_since,
        (cardinality($decision::text[]) > 0 AND decision <> ALL ($decision::text[]))::int AS no_decision,
        (cardinality($meeting::text[]) > 0 AND meeting <> ALL ($meeting::text[]))::int AS no_meeting,
        (cardinality($state::text[]) > 0 AND state <> ALL ($state::text[]))::int AS no_state,
        (cardinality($charge::text[]) > 0 AND charge <> ALL ($charge::text[]))::int AS no_charge
    FROM child
),
marked AS MATERIALIZED (
    SELECT
        missed.*,
        no_level + no_flag + no_kind + no_age + no_school + no_district + no_registered + no_unseen + no_contact
            + no_fresh + no_since + no_decision + no_meeting + no_state + no_charge AS missing,
        CASE
            WHEN no_level = 1 THEN 'level' WHEN no_flag = 1 THEN 'flag' WHEN no_kind = 1 THEN 'kind'
            WHEN no_age = 1 THEN 'age' WHEN no_school = 1 THEN 'school' WHEN no_district = 1 THEN 'district'
            WHEN no_registered = 1 THEN 'registered' WHEN no_unseen = 1 THEN 'unseen'
            WHEN no_contact = 1 THEN 'contact' WHEN no_fresh = 1 THEN 'fresh' WHEN no_since = 1 THEN 'since'
            WHEN no_decision = 1 THEN 'decision' WHEN no_meeting = 1 THEN 'meeting' WHEN no_state = 1 THEN 'state'
            WHEN no_charge = 1 THEN 'charge'
            ELSE ''
        END AS left_out_by
    FROM missed
),
-- `missing` is never less than what one facet misses; said with <=, the planner expects many rows and hashes them.
facet AS (
    SELECT 'level' AS facet, level AS value, count(*) AS children FROM marked WHERE missing <= no_level GROUP BY level
    UNION ALL
    SELECT 'flag' AS facet, flag AS value, count(*) AS children FROM marked WHERE missing <= no_flag GROUP BY flag
    UNION ALL
    SELECT 'age' AS facet, age AS value, count(*) AS children FROM marked WHERE missing <= no_age GROUP BY age
    UNION ALL
    SELECT 'school' AS facet, school AS value, count(*) AS children FROM marked WHERE missing <= no_school GROUP BY school
    UNION ALL
    SELECT 'district' AS facet, district AS value, count(*) AS children FROM marked WHERE missing <= no_district GROUP BY district
    UNION ALL
    SELECT 'registered' AS facet, registered AS value, count(*) AS children FROM marked WHERE missing <= no_registered GROUP BY registered
    UNION ALL
    SELECT 'unseen' AS facet, unseen AS value, count(*) AS children FROM marked WHERE missing <= no_unseen GROUP BY unseen
    UNION ALL
    SELECT 'contact' AS facet, contact AS value, count(*) AS children FROM marked WHERE missing <= no_contact GROUP BY contact
    UNION ALL
    SELECT 'fresh' AS facet, fresh AS value, count(*) AS children FROM marked WHERE missing <= no_fresh GROUP BY fresh
    UNION ALL
    SELECT 'since' AS facet, since AS value, count(*) AS children FROM marked WHERE missing <= no_since GROUP BY since
    UNION ALL
    SELECT 'decision' AS facet, decision AS value, count(*) AS children FROM marked WHERE missing <= no_decision GROUP BY decision
    UNION ALL
    SELECT 'meeting' AS facet, meeting AS value, count(*) AS children FROM marked WHERE missing <= no_meeting GROUP BY meeting
    UNION ALL
    SELECT 'state' AS facet, state AS value, count(*) AS children FROM marked WHERE missing <= no_state GROUP BY state
    UNION ALL
    SELECT 'charge' AS facet, charge AS value, count(*) AS children FROM marked WHERE missing <= no_charge GROUP BY charge
    UNION ALL
    SELECT 'kind', k.kind, count(*) FROM marked AS m CROSS JOIN LATERAL unnest(m.kinds) AS k (kind)
    WHERE m.missing <= m.no_kind GROUP BY k.kind
),
page AS (
    SELECT
        m.*,
        row_number() OVER (
            ORDER BY
                CASE WHEN $sort = 'unseen' THEN m.days_unseen END DESC NULLS LAST,
                CASE WHEN $sort = 'new' THEN m.listed_since END DESC NULLS LAST,
                CASE WHEN $sort = 'young' THEN m.age_months END ASC NULLS LAST,
                m.has_red_flag DESC, m.is_silence_urgent DESC, m.need_rank DESC, m.days_unseen DESC NULLS LAST,
                m.person_id
        ) AS place
    FROM marked AS m
    WHERE m.left_out_by = $shown_left_out
    ORDER BY place
    LIMIT $at_most OFFSET $skipped
),
-- Those who are left, or above the cut of a capacity.
kept AS (
    SELECT
        m.*,
        CASE
            WHEN $cut::int IS NULL THEN m.left_out_by = ''
            ELSE m.person_id IN (SELECT person_id FROM page WHERE place <= $cut::int)
        END::int AS is_kept
    FROM marked AS m
),
share AS (
    SELECT g.compared, g.value, count(*) AS children, sum(k.is_kept) AS remaining
    FROM kept AS k
    LEFT JOIN people_child AS h ON h.person_id = k.person_id
    CROSS JOIN LATERAL (
        VALUES ('age', k.age), ('stage', k.stage), ('district', k.district), ('sex', COALESCE(h.sex, '-'))
    ) AS g (compared, value)
    GROUP BY g.compared, g.value
    UNION ALL
    SELECT 'kind', u.kind, count(*), sum(k.is_kept)
    FROM kept AS k CROSS JOIN LATERAL unnest(k.kinds) AS u (kind)
    GROUP BY u.kind
)
SELECT
    (SELECT count(*) FROM marked) AS visible,
    (SELECT jsonb_agg(jsonb_build_array(facet, value, children)) FROM facet) AS facets,
    (
        SELECT jsonb_object_agg(by, jsonb_build_array(children, flagged))
        FROM (
            SELECT
                left_out_by AS by, count(*) AS children,
                sum((has_red_flag OR is_silence_urgent)::int) AS flagged
            FROM marked GROUP BY left_out_by
        ) AS step
    ) AS left_out,
    (
        SELECT jsonb_agg(
            jsonb_build_object(
                'person_id', p.person_id, 'name', CASE WHEN d.person_id IS NOT NULL THEN COALESCE(d.name, '') END, 'kana', d.kana, 'need_level', p.need_level,
                'headline_ja', p.headline_ja, 'headline_en', p.headline_en, 'has_red_flag', p.has_red_flag,
                'is_silence_urgent', p.is_silence_urgent, 'days_unseen', p.days_unseen,
                'last_seen_on', p.last_seen_on, 'age_ja', p.age_ja, 'age_en', p.age_en, 'school_id', p.school_id,
                'facility_id', p.facility_id, 'district', p.district_name, 'is_protected', p.is_protected,
                'known_until', p.known_until, 'kinds', p.kinds, 'listed_since', p.listed_since, 'since', p.since,
                'decision', p.decision, 'decided_on', p.decided_on, 'next_action_on', p.next_action_on,
                'in_charge', (
                    SELECT COALESCE(jsonb_agg(COALESCE(s.name, u.team_id) ORDER BY u.place), '[]')
                    FROM unnest(p.staff_ids, p.team_ids) WITH ORDINALITY AS u (staff_id, team_id, place)
                    LEFT JOIN access_staff AS s ON s.id = u.staff_id
                )
            ) ORDER BY p.place
        )
        FROM page AS p
        LEFT JOIN people_directory AS d ON d.person_id = p.person_id
    ) AS page,
    CASE
        WHEN $with_shares::boolean
            THEN (SELECT jsonb_agg(jsonb_build_array(compared, value, children, remaining)) FROM share)
    END AS shares
