-- Whom those reached last reach in turn: everything that stands on one person, and whoever shares an exact key with any
-- of it.
-- Reads: night_frontier, night_affected, night_link, night_key. Writes: night_frontier.
-- Grain: one person or record that was not reached before.
CREATE OR REPLACE TEMP TABLE night_frontier AS
WITH person AS (
  SELECT id FROM night_frontier
  UNION
  SELECT person_id FROM night_link WHERE subject_id IN (SELECT id FROM night_frontier)
),
standing AS (
  SELECT id FROM person
  UNION
  SELECT subject_id FROM night_link WHERE person_id IN (SELECT id FROM person)
),
shared AS (
  SELECT reach_key FROM night_key WHERE owner_id IN (SELECT id FROM standing)
)
SELECT id
FROM (
  SELECT id FROM standing
  UNION
  SELECT owner_id FROM night_key WHERE reach_key IN (SELECT reach_key FROM shared)
) AS reached
WHERE NOT EXISTS (SELECT 1 FROM night_affected AS a WHERE a.id = reached.id)
