-- Whoever lives with a person that somebody told a seal about is sealed off from the same member of staff.
-- reads: access_seal
-- writes: access_seal
-- grain: one member of staff and one other of the household
-- parameters: $persons, $others (of the same household, pair by pair), $on
INSERT INTO access_seal (staff_id, person_id, kind, is_computed, valid_from)
SELECT s.staff_id, p.other_id, 'same_address', true, min(s.valid_from)
FROM unnest($persons::bigint[], $others::bigint[]) AS p (person_id, other_id)
JOIN access_seal AS s ON s.person_id = p.person_id
WHERE NOT s.is_computed AND (s.valid_to IS NULL OR s.valid_to > $on)
GROUP BY s.staff_id, p.other_id
RETURNING person_id
