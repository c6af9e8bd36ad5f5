-- Where one child can be reached, by system, as last said.
-- Reads: identity.link, identity.record. Writes: nothing.
-- Grain: one source system that gave an address or a telephone number; the register first.
-- Parameters: person_id, as_of.
WITH said AS (
  SELECT
    r.system, r.address, r.postal_code, r.phone_folded, r.known_from, r.resident_status IS NOT NULL AS is_register,
    {
      'history': coalesce(r.history_number, 0), 'known': r.known_from, 'latest': coalesce(r.is_latest, false),
      'record': r.record_id
    } AS said_order
  FROM identity.link AS l
  JOIN identity.record AS r ON r.subject_id = l.subject_id
  WHERE l.person_id = $person_id AND r.known_from <= $as_of
)
SELECT
  system, max_by(address, said_order), max_by(postal_code, said_order), max_by(phone_folded, said_order),
  max(known_from)
FROM said
WHERE address IS NOT NULL OR phone_folded IS NOT NULL
GROUP BY system
ORDER BY bool_or(is_register) DESC, max(known_from) DESC, system
