-- How far each item is answered.
-- Reads: judgement_part_result, judgement_part. Writes: judgement_item_result.
-- Grain: one judged child and item that records answer. `at_least`: the points are certain, more are possible.
CREATE OR REPLACE TEMP TABLE judgement_item_result AS
SELECT
  r.person_id, r.part_no, t.pack_no, t.domain_no, r.points, t.most_points, r.chosen,
  CASE
    WHEN r.undecided_weight <= r.points THEN 'filled'
    WHEN r.points > 0 THEN 'at_least'
    ELSE 'unknown'
  END AS item_state
FROM judgement_part_result AS r
JOIN judgement_part AS t ON t.part_no = r.part_no
WHERE t.kind = 'item'
