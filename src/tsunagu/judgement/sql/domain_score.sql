-- Points of each domain, normalised to 10 over the filled items, and how they moved since the earlier result.
-- Reads: judgement_judged, judgement_domain, judgement_pack, judgement_item_result, judgement_earlier.
-- Writes: runs_domain_score (and the numbers later steps need: pack_no, domain_no).
-- Grain: one judged child and domain. Fewer points are no improvement when fewer items were filled, or when a
-- counter of the domain began anew on 1 April in between; more points are worse unless nothing was filled then.
-- Parameters: as_of, school_year.
CREATE OR REPLACE TEMP TABLE runs_domain_score AS
WITH summed AS (
  SELECT
    person_id,
    domain_no,
    CAST(sum(points) AS INTEGER) AS points,
    CAST(sum(CASE WHEN item_state = 'unknown' THEN 0 ELSE 1 END) AS INTEGER) AS filled_items,
    CAST(sum(CASE WHEN item_state = 'unknown' THEN 1 ELSE 0 END) AS INTEGER) AS unknown_items,
    CAST(sum(CASE WHEN item_state = 'filled' THEN 0 ELSE 1 END) AS INTEGER) AS open_items,
    CAST(sum(CASE WHEN item_state = 'unknown' THEN 0 ELSE most_points END) AS INTEGER) AS most_points
  FROM judgement_item_result
  GROUP BY person_id, domain_no
),
scored AS (
  SELECT
    j.person_id, k.pack, k.pack_version, d.domain, d.resets, d.pack_no, d.domain_no, d.blank_items,
    coalesce(s.points, 0) AS points,
    CAST(10 * s.points AS DOUBLE) / nullif(s.most_points, 0) AS score,
    coalesce(s.filled_items, 0) AS filled_items,
    coalesce(s.unknown_items, 0) AS unknown_items,
    coalesce(s.open_items, 0) + d.blank_items AS open_items
  FROM judgement_judged AS j
  JOIN judgement_domain AS d ON d.pack_no = j.pack_no
  JOIN judgement_pack AS k ON k.pack_no = j.pack_no
  LEFT JOIN summed AS s ON s.person_id = j.person_id AND s.domain_no = d.domain_no
)
SELECT
  s.person_id, s.pack, s.pack_version, s.domain,
  CAST($as_of AS DATE) AS as_of,
  s.points, s.score, s.filled_items, s.blank_items, s.unknown_items,
  CASE
    WHEN e.person_id IS NULL THEN NULL
    WHEN e.pack_version <> s.pack_version OR e.filled_items = 0 THEN 'not_comparable'
    WHEN s.points > e.points THEN 'worse'
    WHEN s.filled_items < e.filled_items THEN 'not_comparable'
    WHEN s.points = e.points THEN 'same'
    WHEN
      s.resets
      AND year(e.as_of) - CASE WHEN month(e.as_of) < 4 THEN 1 ELSE 0 END <> $school_year
      THEN 'not_comparable'
    ELSE 'better'
  END AS change,
  e.points AS earlier_points,
  s.pack_no, s.domain_no, s.open_items
FROM scored AS s
LEFT JOIN judgement_earlier AS e
  ON e.person_id = s.person_id AND e.pack = s.pack AND e.domain = s.domain
