-- Of whom the facts zone may have to be told something else.
-- Reads: night_affected, linkage_link, night_outside, facts.person (of the run built on), linkage_protected.
-- Writes: night_shown.
-- Grain: one person or record: whoever is reached, whom one of their records joined, and who is or was protected.
CREATE OR REPLACE TEMP TABLE night_shown AS
SELECT id FROM night_affected
UNION
SELECT l.person_id
FROM linkage_link AS l
WHERE NOT EXISTS (SELECT 1 FROM night_outside AS o WHERE o.subject_id = l.subject_id)
UNION
SELECT person_id FROM facts.person WHERE opened_by = 'register' AND district IS NULL
UNION
SELECT person_id FROM linkage_protected
