-- What the register ever called those under the roofs where something changed.
-- Reads: night_roof, night_link, night_changed, night_record. Writes: night_resident.
-- Grain: one name of one person.
-- Parameters: as_of.
CREATE OR REPLACE TEMP TABLE night_resident AS
WITH entry AS (
  SELECT subject_id, person_id
  FROM night_link
  WHERE rule = 'register' AND person_id IN (SELECT person_id FROM night_roof)
  UNION
  SELECT subject_id, person_id FROM night_changed WHERE person_id IN (SELECT person_id FROM night_roof)
)
SELECT DISTINCT e.person_id, r.name_folded, r.kana_folded, r.birth_date, r.address_folded, r.phone_folded
FROM night_record AS r
JOIN entry AS e ON e.subject_id = r.subject_id
WHERE r.resident_status IS NOT NULL AND r.known_from <= $as_of
