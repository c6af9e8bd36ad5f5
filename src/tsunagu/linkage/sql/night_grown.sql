-- Whom those reached reach in turn: everything that stands on one person, and whoever shares an exact key.
-- Reads: night_affected, night_link, night_reach. Writes: night_affected.
-- Grain: one person or record.
INSERT INTO night_affected
SELECT id
FROM (
  SELECT l.person_id AS id FROM night_link AS l JOIN night_affected AS a ON a.id = l.subject_id
  UNION
  SELECT l.subject_id FROM night_link AS l JOIN night_affected AS a ON a.id = l.person_id
  UNION
  SELECT o.owner_id
  FROM night_reach AS o
  WHERE o.kind = 'key' AND o.reach_key IN (
    SELECT r.reach_key FROM night_reach AS r JOIN night_affected AS a ON a.id = r.owner_id WHERE r.kind = 'key'
  )
) AS reached
WHERE NOT EXISTS (SELECT 1 FROM night_affected AS a WHERE a.id = reached.id)
