-- Records decided to be one person that lead to two people of the register.
-- Reads: review_cluster, linkage_link. Writes: nothing.
-- Grain: one cluster. `one_id`, `other_id`: a record on the one and a record on the other person.
SELECT min_by(c.subject_id, l.person_id) AS one_id, max_by(c.subject_id, l.person_id) AS other_id, count(*) AS members
FROM review_cluster AS c
JOIN linkage_link AS l ON l.subject_id = c.subject_id
GROUP BY c.cluster_id
HAVING count(DISTINCT l.person_id) > 1
ORDER BY one_id, other_id
