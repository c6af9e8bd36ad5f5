-- Records decided to be one person, none of them decided to be somebody of the register: where the keys or the weight
-- found that person for one, the others follow.
-- Reads: review_cluster, linkage_subject, linkage_link. Writes: linkage_link.
-- Grain: one subject. Where they lead to two people nobody follows; that is reported.
INSERT INTO linkage_link
WITH led AS (
  SELECT c.cluster_id, min(l.person_id) AS person_id
  FROM review_cluster AS c
  JOIN linkage_link AS l ON l.subject_id = c.subject_id
  GROUP BY c.cluster_id
  HAVING count(DISTINCT l.person_id) = 1
)
SELECT t.subject_id, led.person_id, t.system, 'reviewed', t.feed, t.known_from
FROM review_cluster AS c
JOIN led ON led.cluster_id = c.cluster_id
JOIN linkage_subject AS t ON t.subject_id = c.subject_id
WHERE NOT EXISTS (SELECT 1 FROM linkage_link AS l WHERE l.subject_id = c.subject_id)
