-- Which of the pairs on review touch somebody under address protection: the person, or whom the record opened or joined.
-- Reads: review_shown (subject_id, person_id), seam_protected, identity.link. Writes: nothing.
-- Grain: one pair.
SELECT p.subject_id, p.person_id
FROM review_shown AS p
WHERE EXISTS (SELECT 1 FROM seam_protected AS s WHERE s.person_id = p.person_id)
  OR EXISTS (
    SELECT 1
    FROM identity.link AS l
    JOIN seam_protected AS s ON s.person_id = l.person_id
    WHERE l.subject_id = p.subject_id
  )
