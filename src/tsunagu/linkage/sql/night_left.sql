-- The register's side as it was kept, for whoever is not reached; some spellings may be out of date.
-- Reads: identity.link_reach, night_affected, identity.link_spelling. Writes: scoring_left.
-- Grain: one spelling of one person.
CREATE OR REPLACE TEMP TABLE scoring_left AS
SELECT CAST(row_number() OVER () AS INTEGER) AS id, r.owner_id AS person_id, k.*
FROM identity.link_reach AS r
JOIN identity.link_spelling AS k ON k.spelling_key = r.reach_key
WHERE r.kind = 'spelling' AND NOT EXISTS (SELECT 1 FROM night_affected AS a WHERE a.id = r.owner_id)
