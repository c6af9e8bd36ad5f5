-- Records that the exact keys may still link.
-- Reads: linkage_subject, linkage_link. Writes: linkage_waiting.
-- Grain: one subject.
CREATE OR REPLACE TEMP TABLE linkage_waiting AS
SELECT *
FROM linkage_subject AS t
WHERE due_on IS NULL AND NOT EXISTS (SELECT 1 FROM linkage_link AS l WHERE l.subject_id = t.subject_id)
