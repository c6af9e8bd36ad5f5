-- Under which record a fact about some persons is kept: the register's, else the one known longest.
-- Reads: identity.link, seam_asked (persons). Writes: nothing.
-- Grain: one person with a record.
SELECT
  l.person_id,
  min_by(l.subject_id, {'other': l.rule <> 'register', 'known': l.known_from, 'subject': l.subject_id})
FROM identity.link AS l
JOIN seam_asked AS a ON a.person_id = l.person_id
GROUP BY l.person_id
