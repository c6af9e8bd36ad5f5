-- The records to be read now: all of some, of others only what stands in the register.
-- Reads: {whole}, {beside}, night_link, night_read. Writes: night_wanted.
-- Grain: one subject not read before.
-- Placeholders: {whole} ids of records; {beside} ids of persons.
CREATE OR REPLACE TEMP TABLE night_wanted AS
SELECT subject_id
FROM (
  SELECT id AS subject_id FROM {whole}
  UNION
  SELECT l.subject_id FROM night_link AS l JOIN {beside} AS b ON b.id = l.person_id WHERE l.rule = 'register'
) AS w
WHERE NOT EXISTS (SELECT 1 FROM night_read AS r WHERE r.subject_id = w.subject_id)
