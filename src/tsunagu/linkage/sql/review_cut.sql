-- Records decided to be two people that led to one: what leads less surely is cut, both where neither is surer.
-- Reads: review_apart, linkage_link. Writes: review_cut.
-- Grain: one subject cut from its person, with one of those it was decided to differ from.
CREATE OR REPLACE TEMP TABLE review_cut AS
WITH strength AS (
  SELECT
    subject_id, person_id,
    CASE WHEN rule = 'reviewed' THEN 2 WHEN rule = 'atena_number' THEN 1 ELSE 0 END AS strength
  FROM linkage_link
),
met AS (
  SELECT a.one_id, a.other_id, x.strength AS one_strength, y.strength AS other_strength
  FROM review_apart AS a
  JOIN strength AS x ON x.subject_id = a.one_id
  JOIN strength AS y ON y.subject_id = a.other_id AND y.person_id = x.person_id
)
SELECT subject_id, min(other_id) AS other_id
FROM (
  SELECT one_id AS subject_id, other_id FROM met WHERE one_strength < 2 AND other_strength >= one_strength
  UNION ALL
  SELECT other_id, one_id FROM met WHERE other_strength < 2 AND one_strength >= other_strength
) AS cut
GROUP BY subject_id
