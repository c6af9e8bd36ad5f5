-- People of whom only the register's entry is needed: who shares a household with somebody reached, whose number a record
-- reached carries, and who is or was under address protection.
-- Reads: night_affected, night_reach, night_link, facts.person (of the run built on), facts.address_protection.
-- Writes: night_beside.
-- Grain: one person.
CREATE OR REPLACE TEMP TABLE night_beside AS
WITH numbered AS (
  SELECT r.reach_key AS id FROM night_reach AS r JOIN night_affected AS a ON a.id = r.owner_id WHERE r.kind = 'number'
),
home AS (
  SELECT h.reach_key FROM night_reach AS h JOIN night_affected AS a ON a.id = h.owner_id WHERE h.kind = 'home'
  UNION
  SELECT h.reach_key FROM night_reach AS h JOIN numbered AS n ON n.id = h.owner_id WHERE h.kind = 'home'
)
SELECT id FROM numbered
UNION
SELECT r.owner_id FROM night_reach AS r JOIN home AS h ON h.reach_key = r.reach_key WHERE r.kind = 'home'
UNION
SELECT person_id FROM facts.person WHERE opened_by = 'register' AND district IS NULL
UNION
SELECT l.person_id
FROM night_link AS l
WHERE EXISTS (SELECT 1 FROM facts.address_protection AS f WHERE f.subject_id = l.subject_id)
