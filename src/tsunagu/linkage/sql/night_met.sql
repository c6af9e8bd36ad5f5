-- Who might be a waiting record's person, with their records: they are weighed, and otherwise stay as they were. Some of
-- their spellings may be out of date.
-- Reads: scoring_candidate, identity.link_reach, night_affected, night_link. Writes: night_met.
-- Grain: one subject.
CREATE OR REPLACE TEMP TABLE night_met AS
WITH spelled AS (
  SELECT r.owner_id AS person_id
  FROM identity.link_reach AS r
  WHERE r.kind = 'spelling' AND r.reach_key IN (SELECT left_id FROM scoring_candidate)
)
SELECT l.subject_id AS id, l.person_id
FROM night_link AS l
WHERE l.person_id IN (SELECT person_id FROM spelled)
  AND NOT EXISTS (SELECT 1 FROM night_affected AS a WHERE a.id = l.person_id)
