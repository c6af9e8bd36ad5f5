-- The candidates weighed, best first: what the record's decision is made from, and what a reviewer will see.
-- Reads: weighing_judged, weighing_right. Writes: weighing_candidate.
-- Grain: one record and one person, of those worth a look. `held_back`: why a heavy pair is not linked unseen: the sex
-- differs, the record carries the in-house key of somebody else, or it gives no date of birth and neither
-- address nor telephone agrees.
-- Parameters: review_millibits, most_candidates (of one record).
CREATE OR REPLACE TEMP TABLE weighing_candidate AS
SELECT *
FROM (
  SELECT
    j.*,
    row_number() OVER (PARTITION BY j.right_id ORDER BY j.match_millibits DESC, j.person_id) AS place,
    CASE
      WHEN j.pattern // 32 % 4 = 2 THEN 'sex'
      WHEN r.numbered_person_id <> j.person_id THEN 'number'
      WHEN j.pattern // 128 % 8 = 0 AND j.pattern // 4 % 8 NOT IN (1, 2, 3) AND j.pattern % 4 <> 1
        THEN 'thin'
    END AS held_back
  FROM weighing_judged AS j
  JOIN weighing_right AS r ON r.id = j.right_id
  WHERE j.match_millibits >= $review_millibits
) AS ranked
WHERE place <= $most_candidates
