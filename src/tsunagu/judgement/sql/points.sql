-- The level by points or by look-up, before red flags.
-- Reads: judgement_judged, judgement_pack, judgement_item_result, runs_domain_score, judgement_level_rule,
--   judgement_class, judgement_lookup. Writes: judgement_points.
-- Grain: one judged child and pack. The mildest class of an axis takes every item of the axis answered.
CREATE OR REPLACE TEMP TABLE judgement_points AS
WITH totals AS (
  SELECT
    person_id,
    pack_no,
    CAST(sum(points) AS INTEGER) AS points,
    CAST(sum(filled_items) AS INTEGER) AS filled_items,
    CAST(sum(unknown_items) AS INTEGER) AS unknown_items,
    CAST(sum(CASE WHEN points > 0 THEN 1 ELSE 0 END) AS INTEGER) AS domains_with_points
  FROM runs_domain_score
  GROUP BY person_id, pack_no
),
met AS (
  SELECT t.person_id, t.pack_no, r.rank
  FROM totals AS t
  JOIN judgement_level_rule AS r ON r.pack_no = t.pack_no
  WHERE (r.target = 'total' AND t.points >= r.least)
    OR (r.target = 'domains' AND t.domains_with_points >= r.least)
  UNION ALL
  SELECT s.person_id, s.pack_no, r.rank
  FROM runs_domain_score AS s
  JOIN judgement_level_rule AS r ON r.domain_no = s.domain_no AND s.points >= r.least
  UNION ALL
  SELECT i.person_id, i.pack_no, r.rank
  FROM judgement_item_result AS i
  JOIN judgement_level_rule AS r ON r.part_no = i.part_no AND i.points >= r.least
),
loudest AS (
  SELECT person_id, pack_no, max(rank) AS rank FROM met GROUP BY person_id, pack_no
),
classed AS (
  SELECT
    s.person_id,
    s.pack_no,
    max_by(
      CASE WHEN c.is_mildest AND s.open_items > 0 THEN c.unknown_code ELSE c.code END, c.least_points
    ) AS code
  FROM runs_domain_score AS s
  JOIN judgement_class AS c ON c.domain_no = s.domain_no AND s.points >= c.least_points
  GROUP BY s.person_id, s.pack_no, s.domain_no
),
looked_up AS (
  SELECT c.person_id, c.pack_no, l.overall_class, l.rank
  FROM (SELECT person_id, pack_no, sum(code) AS code FROM classed GROUP BY person_id, pack_no) AS c
  JOIN judgement_lookup AS l ON l.pack_no = c.pack_no AND l.code = c.code
),
ranked AS (
  SELECT
    t.*, u.overall_class,
    CASE WHEN k.is_lookup THEN u.rank ELSE coalesce(m.rank, 0) END AS rank,
    k.least_known_items
  FROM totals AS t
  JOIN judgement_pack AS k ON k.pack_no = t.pack_no
  LEFT JOIN loudest AS m ON m.person_id = t.person_id AND m.pack_no = t.pack_no
  LEFT JOIN looked_up AS u ON u.person_id = t.person_id AND u.pack_no = t.pack_no
)
SELECT
  person_id, pack_no, points, filled_items, unknown_items, overall_class,
  CASE
    WHEN rank = 0 AND filled_items < least_known_items
      THEN (SELECT rank FROM judgement_level WHERE need_level = 'unknown')
    ELSE rank
  END AS points_rank
FROM ranked
