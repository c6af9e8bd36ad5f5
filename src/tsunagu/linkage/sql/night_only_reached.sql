-- The links of those reached, without the entries that were read beside them.
-- Reads: linkage_link, night_affected. Writes: linkage_link.
-- Grain: one subject.
CREATE OR REPLACE TEMP TABLE linkage_link AS
SELECT l.*
FROM linkage_link AS l
JOIN night_affected AS a ON a.id = l.subject_id
