-- Every child of a run, to be found by name and birth date (hashed before it leaves the seam): no fact, no address, no
-- telephone number.
-- Reads: runs.population, facts.person, identity.link, identity.record, seam_protected. Writes: nothing.
-- Grain: one child. `name`, `kana`: as last written, the register's before any other's; of an unborn child the name of
-- whoever is pregnant. `names`: every comparable form ever known, a former surname too.
-- Parameters: as_of.
WITH said AS (
  SELECT
    l.person_id, r.name, r.kana, r.name_folded, r.kana_folded, r.other_name_folded, r.guardian_name_folded,
    r.birth_date,
    {
      'register': r.resident_status IS NOT NULL, 'history': coalesce(r.history_number, 0), 'known': r.known_from,
      'latest': coalesce(r.is_latest, false), 'record': r.record_id
    } AS said_order
  FROM runs.population AS p
  JOIN identity.link AS l ON l.person_id = p.person_id
  JOIN identity.record AS r ON r.subject_id = l.subject_id
  WHERE r.known_from <= $as_of
),
named AS (
  SELECT
    person_id, max_by(name, said_order) AS name, max_by(kana, said_order) AS kana,
    max_by(guardian_name_folded, said_order) AS guardian_name, max_by(birth_date, said_order) AS birth_date,
    array_agg(DISTINCT name_folded) AS names, array_agg(DISTINCT kana_folded) AS kanas,
    array_agg(DISTINCT other_name_folded) AS other_names
  FROM said
  GROUP BY person_id
)
SELECT
  p.person_id,
  CASE WHEN p.is_unborn THEN coalesce(n.name, n.guardian_name) ELSE n.name END AS name,
  n.kana, CAST(year(f.birth_month) AS INTEGER) AS birth_year, p.is_unborn, p.school_id, p.facility_id,
  CASE WHEN m.person_id IS NULL THEN p.district END AS district,
  m.person_id IS NOT NULL AS is_protected,
  n.names, n.kanas, n.other_names, CASE WHEN p.is_unborn THEN n.guardian_name END AS guardian_name,
  CASE WHEN NOT p.is_unborn THEN n.birth_date END AS birth_date
FROM runs.population AS p
JOIN facts.person AS f ON f.person_id = p.person_id
LEFT JOIN named AS n ON n.person_id = p.person_id
LEFT JOIN seam_protected AS m ON m.person_id = p.person_id
