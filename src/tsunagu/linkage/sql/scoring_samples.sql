-- Pairs to learn from: settled links, pairs drawn without looking, and strangers who share one name.
-- Reads: scoring_settled, scoring_left, scoring_right. Writes: scoring_sample.
-- Grain: one pair of one kind; no randomness, so the same files always give the same sample.
-- Parameters: left_rows, right_rows (how many records there are), settled_rows (links there are), wanted (pairs
-- of each kind, roughly), draws (pairs drawn for each record used).
CREATE OR REPLACE TEMP TABLE scoring_sample AS
SELECT 'settled' AS kind, left_id, right_id
FROM scoring_settled
WHERE right_id % greatest(1, $settled_rows // $wanted) = 0
UNION ALL
SELECT 'random', CAST((CAST(r.id AS BIGINT) * 7919 + d.draw * 104729) % $left_rows AS INTEGER), r.id
FROM scoring_right AS r
CROSS JOIN (SELECT CAST(range AS BIGINT) AS draw FROM range(1, $draws + 1)) AS d
WHERE CAST(r.id AS BIGINT) * 7907 % $right_rows < $wanted * 10 // $draws
UNION ALL
SELECT 'same_name', l.id, r.id
FROM scoring_left AS l
JOIN scoring_right AS r
  ON (r.surname = l.surname)
  AND r.id % greatest(1, $right_rows // 1500) = 0
WHERE l.id % greatest(1, $left_rows // 1500) = 0 AND r.birth <> l.birth AND r.given <> l.given
UNION ALL
SELECT 'same_kana', l.id, r.id
FROM scoring_left AS l
JOIN scoring_right AS r
  ON (r.surname_kana = l.surname_kana)
  AND r.id % greatest(1, $right_rows // 1500) = 0
WHERE l.id % greatest(1, $left_rows // 1500) = 0 AND r.birth <> l.birth AND r.given_kana <> l.given_kana
UNION ALL
SELECT 'same_given', l.id, r.id
FROM scoring_left AS l
JOIN scoring_right AS r
  ON (r.given = l.given)
  AND r.id % greatest(1, $right_rows // 1500) = 0
WHERE l.id % greatest(1, $left_rows // 1500) = 0 AND r.birth <> l.birth AND r.surname <> l.surname
UNION ALL
SELECT 'same_given_kana', l.id, r.id
FROM scoring_left AS l
JOIN scoring_right AS r
  ON (r.given_kana = l.given_kana)
  AND r.id % greatest(1, $right_rows // 1500) = 0
WHERE l.id % greatest(1, $left_rows // 1500) = 0 AND r.birth <> l.birth AND r.surname_kana <> l.surname_kana
