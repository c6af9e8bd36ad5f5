-- Whom each system has already, by the exact stage.
-- Reads: linkage_link. Writes: weighing_taken.
-- Grain: one person in one system. `records`: subjects of that system, more than one where it registered anew.
CREATE OR REPLACE TEMP TABLE weighing_taken AS
SELECT person_id, system, count(*) AS records
FROM linkage_link
WHERE rule <> 'register'
GROUP BY person_id, system
