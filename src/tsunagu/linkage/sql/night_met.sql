-- Who might be a waiting record's person, with their records: they are weighed, and otherwise stay as they were.
-- Reads: scoring_candidate, scoring_left, night_link. Writes: night_met.
-- Grain: one subject.
CREATE OR REPLACE TEMP TABLE night_met AS
SELECT l.subject_id AS id, l.person_id
FROM night_link AS l
WHERE EXISTS (
  SELECT 1 FROM scoring_candidate AS c JOIN scoring_left AS k ON k.id = c.left_id WHERE k.person_id = l.person_id
)
