-- What people have decided and not taken back, as far as known on $as_of.
-- Reads: identity.review_decision. Writes: nothing.
-- Grain: one pair of ids, by its latest row; undone pairs and those nobody could tell are left out.
-- Parameters: as_of.
SELECT one_id, other_id, decision
FROM (
  SELECT *, row_number() OVER (PARTITION BY one_id, other_id ORDER BY known_from DESC, sequence DESC) AS place
  FROM identity.review_decision
  WHERE known_from <= $as_of
) AS ranked
WHERE place = 1 AND decision IN ('same', 'different')
ORDER BY one_id, other_id
