-- Who shares a household with those met: a guardian named may be among them.
-- Reads: night_met, night_reach. Writes: night_met_home.
-- Grain: one person.
CREATE OR REPLACE TEMP TABLE night_met_home AS
SELECT DISTINCT r.owner_id AS id
FROM night_reach AS r
WHERE r.kind = 'home' AND r.reach_key IN (
  SELECT h.reach_key FROM night_reach AS h JOIN night_met AS m ON m.person_id = h.owner_id WHERE h.kind = 'home'
)
