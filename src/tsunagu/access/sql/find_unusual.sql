-- Plain rules about who opened children in a way that somebody should ask about. Only acts about a child, in Japan's hours.
-- reads: audit_row, access_staff
-- grain: one rule × one member of staff × one day or hour
-- parameters: $since, $until (moments; the upper bound exclusive), $first_hour, $last_hour, $many_children, $many_searches, $many_refusals, $many_contacts
WITH looked AS (
    SELECT
        staff_id, act, outcome, object_kind, object_id, at AT TIME ZONE 'Asia/Tokyo' AS local_at,
        date_trunc('hour', at AT TIME ZONE 'Asia/Tokyo') AS hour, date_trunc('day', at AT TIME ZONE 'Asia/Tokyo') AS day
    FROM audit_row
    WHERE at >= $since AND at < $until AND staff_id <> ''
        AND (object_kind = 'child' OR act = 'child.search')
),
found AS (
    SELECT 'outside_hours' AS rule, staff_id, day AS since, COUNT(*) AS times FROM looked
    WHERE EXTRACT(hour FROM local_at) < $first_hour OR EXTRACT(hour FROM local_at) >= $last_hour
        OR EXTRACT(isodow FROM local_at) >= 6
    GROUP BY staff_id, day
    UNION ALL
    SELECT 'many_children', staff_id, hour, COUNT(DISTINCT object_id) FROM looked
    WHERE object_kind = 'child' AND outcome <> 'refused'
    GROUP BY staff_id, hour HAVING COUNT(DISTINCT object_id) >= $many_children
    UNION ALL
    SELECT 'many_searches', staff_id, hour, COUNT(*) FROM looked
    WHERE act = 'child.search'
    GROUP BY staff_id, hour HAVING COUNT(*) >= $many_searches
    UNION ALL
    SELECT 'many_refusals', staff_id, day, COUNT(*) FROM looked
    WHERE outcome = 'refused'
    GROUP BY staff_id, day HAVING COUNT(*) >= $many_refusals
    UNION ALL
    SELECT 'same_child_refused', staff_id, day, MAX(times) FROM (
        SELECT staff_id, day, object_id, COUNT(*) AS times FROM looked
        WHERE outcome = 'refused' AND object_kind = 'child'
        GROUP BY staff_id, day, object_id
    ) AS again
    GROUP BY staff_id, day HAVING MAX(times) >= 2
    UNION ALL
    SELECT 'many_contacts', staff_id, day, COUNT(DISTINCT object_id) FROM looked
    WHERE act = 'child.contact' AND outcome <> 'refused'
    GROUP BY staff_id, day HAVING COUNT(DISTINCT object_id) >= $many_contacts
)
SELECT f.rule, COALESCE(s.staff_number, ''), COALESCE(s.name, ''), f.since, f.times
FROM found AS f
LEFT JOIN access_staff AS s ON s.id::text = f.staff_id
ORDER BY f.since DESC, f.rule, f.staff_id
LIMIT 500
