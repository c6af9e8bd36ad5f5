-- Whom a change reaches at once: whoever changed, who lives or lived with them, pregnancies of their households, records
-- that carry their number, and every record that waits.
-- Reads: night_touched, night_changed, night_reach, night_link. Writes: night_affected.
-- Grain: one person or record (the ids of both are apart).
CREATE OR REPLACE TEMP TABLE night_affected AS
SELECT id FROM night_touched
UNION
SELECT subject_id FROM night_changed
UNION
SELECT number_id FROM night_changed WHERE number_id IS NOT NULL
UNION
SELECT mother_id FROM night_changed WHERE mother_id IS NOT NULL
UNION
SELECT r.owner_id FROM night_reach AS r JOIN night_touched AS t ON t.id = r.reach_key WHERE r.kind = 'number'
UNION
SELECT r.owner_id
FROM night_reach AS r
WHERE r.kind = 'home' AND r.reach_key IN (
  SELECT h.reach_key FROM night_reach AS h JOIN night_touched AS t ON t.id = h.owner_id WHERE h.kind = 'home'
)
UNION
SELECT l.subject_id
FROM night_link AS l
WHERE l.rule IN ('weight', 'opened')
  AND (
    l.system = 'unknown'
    OR EXISTS (SELECT 1 FROM night_reach AS r WHERE r.kind = 'waits' AND r.owner_id = l.subject_id)
  )
