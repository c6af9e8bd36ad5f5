-- Register rows are their own persons.
-- Reads: linkage_known, linkage_spine. Writes: linkage_link (made here).
-- Grain: one subject.
CREATE OR REPLACE TEMP TABLE linkage_link AS
SELECT
  k.subject_id, min(s.person_id) AS person_id, min(k.system) AS system, 'register' AS rule,
  min(k.feed) AS feed, min(k.known_from) AS known_from
FROM linkage_known AS k
JOIN linkage_spine AS s ON s.atena_number = k.atena_number
WHERE k.resident_status IS NOT NULL
GROUP BY k.subject_id
