-- The register's side as the search for candidates reads it.
-- Reads: weighing_spelling, weighing_key. Writes: scoring_left.
-- Grain: one row of weighing_left.
CREATE OR REPLACE TEMP TABLE scoring_left AS
SELECT CAST(s.id AS INTEGER) AS id, k.*
FROM weighing_spelling AS s
JOIN weighing_key AS k ON k.spelling_key = s.spelling_key
