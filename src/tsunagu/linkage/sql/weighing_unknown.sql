-- Spellings whose keys are not kept yet.
-- Reads: weighing_left, weighing_spelling, identity.link_spelling (the version's). Writes: weighing_unknown.
-- Grain: one spelling.
CREATE OR REPLACE TEMP TABLE weighing_unknown AS
SELECT l.*, s.spelling_key
FROM weighing_left AS l
JOIN (
  SELECT spelling_key, min(id) AS id
  FROM weighing_spelling AS s
  WHERE NOT EXISTS (SELECT 1 FROM identity.link_spelling AS k WHERE k.spelling_key = s.spelling_key)
  GROUP BY spelling_key
) AS s ON s.id = l.id
