-- The links without those that decisions cut.
-- Reads: linkage_link, review_cut. Writes: linkage_link.
-- Grain: one subject.
CREATE OR REPLACE TEMP TABLE linkage_link AS
SELECT l.*
FROM linkage_link AS l
WHERE NOT EXISTS (SELECT 1 FROM review_cut AS c WHERE c.subject_id = l.subject_id)
