-- Who ever lived under one roof with somebody whose entry in the register changed.
-- Reads: night_reach, night_touched. Writes: night_roof.
-- Grain: one household and one person.
CREATE OR REPLACE TEMP TABLE night_roof AS
SELECT DISTINCT h.reach_key AS home_id, h.owner_id AS person_id
FROM night_reach AS h
WHERE h.kind = 'home' AND h.reach_key IN (
  SELECT o.reach_key FROM night_reach AS o JOIN night_touched AS t ON t.id = o.owner_id WHERE o.kind = 'home'
)
