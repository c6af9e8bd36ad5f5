-- Judgements of some children, for explaining.
-- Reads: runs.judgement. Writes: nothing.
-- Grain: one child and pack, the loudest first.
-- Parameters: person_ids.
SELECT
  person_id, pack, pack_version, purpose, need_level, overall_class, points, filled_items, blank_items,
  unknown_items, red_flag, is_listed, expires_on
FROM runs.judgement
WHERE person_id IN (SELECT unnest($person_ids))
ORDER BY person_id, need_rank DESC, pack
