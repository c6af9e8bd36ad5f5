-- What was done in some days, the latest first, as far as the row policies show it to whoever acts.
-- reads: audit_row, access_staff
-- grain: one act
-- parameters: $since, $until (moments; the upper bound exclusive), $staff_number, $act, $outcome, $object_id ('' for any), $offset, $at_most
SELECT r.at, r.staff_id, COALESCE(s.staff_number, ''), COALESCE(s.name, ''), r.purpose, r.act, r.object_kind, r.object_id, r.outcome, r.request_id
FROM audit_row AS r
LEFT JOIN access_staff AS s ON s.id::text = r.staff_id
WHERE r.at >= $since AND r.at < $until
    AND ($staff_number = '' OR s.staff_number = $staff_number)
    AND ($act = '' OR r.act = $act OR r.act LIKE $act || '.%')
    AND ($outcome = '' OR r.outcome = $outcome)
    AND ($object_id = '' OR (r.object_kind = 'child' AND r.object_id = $object_id))
ORDER BY r.at DESC, r.row_id
LIMIT $at_most OFFSET $offset
