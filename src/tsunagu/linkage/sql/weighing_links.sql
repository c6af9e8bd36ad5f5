-- Records whose best candidate is beyond doubt.
-- Reads: weighing_candidate, weighing_right. Writes: linkage_link.
-- Grain: one subject.
-- Parameters: link_millibits.
INSERT INTO linkage_link
SELECT c.subject_id, c.person_id, c.system, 'weight', r.feed, r.known_from
FROM weighing_candidate AS c
JOIN weighing_right AS r ON r.id = c.right_id
WHERE c.place = 1 AND c.match_millibits >= $link_millibits AND c.held_back IS NULL
