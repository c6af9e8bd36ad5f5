-- Whose each record of address protection is: by the run's links, and by the in-house number it carries.
-- Reads: facts.subject_person, facts.address_protection, identity.record. Writes: linkage_link.
-- Grain: one subject and person. A measure received after the run has only its number.
-- Parameters: as_of.
CREATE OR REPLACE TEMP TABLE linkage_link AS
SELECT s.subject_id, s.person_id
FROM facts.subject_person AS s
WHERE s.subject_id IN (SELECT subject_id FROM facts.address_protection)
UNION
SELECT r.subject_id, keyed_id('person', 'atena:' || r.atena_number)
FROM identity.record AS r
WHERE
  r.atena_number IS NOT NULL
  AND r.known_from <= $as_of
  AND r.subject_id IN (SELECT subject_id FROM facts.address_protection)
