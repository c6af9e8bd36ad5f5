-- The exact links as pairs of numbers: the person's present row and the record.
-- Reads: weighing_left, weighing_right. Writes: scoring_settled.
-- Grain: one link.
CREATE OR REPLACE TEMP TABLE scoring_settled AS
SELECT CAST(l.id AS INTEGER) AS left_id, CAST(r.id AS INTEGER) AS right_id, r.rule
FROM weighing_right AS r
JOIN weighing_left AS l ON l.person_id = r.person_id AND l.is_other = 0
