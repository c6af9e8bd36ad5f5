-- Who is under address protection on $as_of; a measure known today hides past and present alike.
-- Reads: facts.address_protection, facts.closure, linkage_link. Writes: linkage_protected.
-- Grain: one person.
-- Parameters: as_of.
CREATE OR REPLACE TEMP TABLE linkage_protected AS
SELECT DISTINCT l.person_id
FROM facts.address_protection AS f
JOIN linkage_link AS l ON l.subject_id = f.subject_id
WHERE f.known_from <= $as_of
  AND (f.valid_from IS NULL OR f.valid_from <= $as_of)
  -- An end before the beginning is a typing mistake; until it is corrected the protection holds.
  AND (f.valid_to IS NULL OR f.valid_to > $as_of OR f.valid_to <= f.valid_from)
  AND NOT EXISTS (
    SELECT 1
    FROM facts.closure AS c
    WHERE c.item = 'address_protection'
      AND c.record_id = f.record_id
      AND c.version_known_from = f.known_from
      AND c.known_to <= $as_of
  )
