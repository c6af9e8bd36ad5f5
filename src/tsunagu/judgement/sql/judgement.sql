-- The need level: points first, then red flags, which nothing lowers.
-- Reads: judgement_points, judgement_pack, judgement_part, judgement_part_result, judgement_level,
--   judgement_item_result, judgement_difficulty. Writes: runs_judgement.
-- Grain: one judged child and pack.
CREATE OR REPLACE TEMP TABLE runs_judgement AS
WITH floors AS (
  SELECT r.person_id, t.pack_no, max(t.rank) AS rank
  FROM judgement_part_result AS r
  JOIN judgement_part AS t ON t.part_no = r.part_no
  WHERE t.kind = 'floor' AND r.least_truth = 2
  GROUP BY r.person_id, t.pack_no
),
difficulties AS (
  SELECT person_id, pack_no, string_agg(difficulty, ' ' ORDER BY position) AS difficulties
  FROM (
    SELECT DISTINCT i.person_id, i.pack_no, d.difficulty, d.position
    FROM judgement_item_result AS i
    JOIN judgement_difficulty AS d ON d.part_no = i.part_no
    WHERE i.points > 0
  )
  GROUP BY person_id, pack_no
),
levelled AS (
  SELECT
    p.*, greatest(p.points_rank, coalesce(f.rank, 0)) AS need_rank, f.rank IS NOT NULL AS red_flag
  FROM judgement_points AS p
  LEFT JOIN floors AS f ON f.person_id = p.person_id AND f.pack_no = p.pack_no
)
SELECT
  v.person_id, k.pack, k.pack_version, k.purpose, l.need_level, v.need_rank, l.wording,
  b.need_level AS points_level, v.overall_class, v.points, v.filled_items, k.blank_items, v.unknown_items,
  coalesce(d.difficulties, '') AS difficulties,
  v.red_flag,
  v.need_rank >= k.listed_rank AS is_listed,
  k.expires_on
FROM levelled AS v
JOIN judgement_pack AS k ON k.pack_no = v.pack_no
JOIN judgement_level AS l ON l.rank = v.need_rank
JOIN judgement_level AS b ON b.rank = v.points_rank
LEFT JOIN difficulties AS d ON d.person_id = v.person_id AND d.pack_no = v.pack_no
