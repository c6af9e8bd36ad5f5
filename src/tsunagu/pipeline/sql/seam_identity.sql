-- Who some people are, as last said of each, the register's rows before any other's.
-- Reads: identity.link, identity.record, seam_asked (persons). Writes: nothing.
-- Grain: one person of whom any record tells. Null: no record says.
-- Parameters: as_of.
WITH said AS (
  SELECT
    l.person_id, r.name, r.kana, r.birth_date, r.due_on, r.sex,
    {
      'register': r.resident_status IS NOT NULL, 'history': coalesce(r.history_number, 0), 'known': r.known_from,
      'latest': coalesce(r.is_latest, false), 'record': r.record_id
    } AS said_order
  FROM seam_asked AS a
  JOIN identity.link AS l ON l.person_id = a.person_id
  JOIN identity.record AS r ON r.subject_id = l.subject_id
  WHERE r.known_from <= $as_of
)
SELECT
  person_id, max_by(name, said_order), max_by(kana, said_order), max_by(birth_date, said_order),
  max_by(due_on, said_order), max_by(sex, said_order)
FROM said
GROUP BY person_id
