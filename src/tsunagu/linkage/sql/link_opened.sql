-- Whoever matched nobody opens a person of their own; equal full keys across systems share it, and
-- records that people decided to be one; those they decided to differ share it with nobody.
-- Reads: linkage_subject, linkage_link, linkage_fact_subject, review_cluster, review_apart. Writes: linkage_opened.
-- Grain: one subject. `anchor` is the subject first known; the person id is made from it.
CREATE OR REPLACE TEMP TABLE linkage_opened AS
WITH unmatched AS (
  SELECT
    t.subject_id, t.system, t.feed, t.known_from,
    CASE
      WHEN c.cluster_id IS NOT NULL THEN 'cluster:' || CAST(c.cluster_id AS VARCHAR)
      WHEN a.subject_id IS NOT NULL THEN NULL
      WHEN t.due_on IS NULL THEN t.name_folded || '|' || t.kana_folded || '|' || CAST(t.birth_date AS VARCHAR)
    END AS full_key
  FROM linkage_subject AS t
  LEFT JOIN review_cluster AS c ON c.subject_id = t.subject_id
  LEFT JOIN (SELECT one_id AS subject_id FROM review_apart UNION SELECT other_id FROM review_apart) AS a
    ON a.subject_id = t.subject_id
  WHERE NOT EXISTS (SELECT 1 FROM linkage_link AS l WHERE l.subject_id = t.subject_id)
  UNION ALL
  SELECT f.subject_id, NULL, f.feed, f.known_from, NULL
  FROM linkage_fact_subject AS f
  WHERE NOT EXISTS (SELECT 1 FROM linkage_link AS l WHERE l.subject_id = f.subject_id)
    AND NOT EXISTS (SELECT 1 FROM linkage_subject AS t WHERE t.subject_id = f.subject_id)
),
anchored AS (
  SELECT
    *,
    CASE
      WHEN full_key IS NULL THEN subject_id
      ELSE first_value(subject_id) OVER (PARTITION BY full_key ORDER BY known_from, subject_id)
    END AS anchor
  FROM unmatched
)
SELECT
  subject_id, keyed_id('person', 'subject:' || CAST(anchor AS VARCHAR)) AS person_id, anchor,
  coalesce(system, 'unknown') AS system, feed, known_from
FROM anchored
