-- Ways by which a change can travel that are not kept yet. Only whoever was worked out anew can have one.
-- Reads: night_way, night_affected, identity.link_reach. Writes: nothing.
-- Grain: as identity.link_reach.
SELECT w.owner_id, w.kind, w.reach_key
FROM night_way AS w
JOIN night_affected AS a ON a.id = w.owner_id
EXCEPT
SELECT k.owner_id, k.kind, k.reach_key
FROM identity.link_reach AS k
JOIN night_affected AS a ON a.id = k.owner_id
