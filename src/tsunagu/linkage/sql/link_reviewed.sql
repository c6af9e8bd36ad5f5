-- Records that people put on somebody of the register.
-- Reads: linkage_subject, review_link. Writes: linkage_link.
-- Grain: one subject. Comes before every key: what people decided is not weighed again.
INSERT INTO linkage_link
SELECT t.subject_id, r.person_id, t.system, 'reviewed', t.feed, t.known_from
FROM linkage_subject AS t
JOIN review_link AS r ON r.subject_id = t.subject_id
