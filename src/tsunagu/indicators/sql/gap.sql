-- The times no delivery speaks for, per item and school, facility or whole city.
-- Reads: ind_need, ind_feed, ind_quiet, ind_enrolment, facts.coverage. Writes: ind_gap.
-- Grain: one gap [gap_from, gap_to) between merged stretches; one before the first and one after the last.
-- The last stretch of a scope reaches on for the feed's stale_after_days; when `resets`, not over 1 April.
-- A yearly feed speaks for its school year to the end. What reaches a quiet time reaches to its end.
-- Parameters: as_of, school_year_start.
WITH need AS (
  SELECT DISTINCT item, calendar, resets, scope_kind FROM ind_need
),
place AS (
  SELECT item, calendar, resets, scope_kind, '*' AS scope_id FROM need WHERE scope_kind = 'municipality'
  UNION
  SELECT n.item, n.calendar, n.resets, n.scope_kind, e.scope_id
  FROM need AS n
  JOIN ind_enrolment AS e ON e.scope_kind = n.scope_kind
),
known AS (
  SELECT
    c.item, c.scope_kind, c.scope_id, c.covers_from,
    LEAST(
      CASE
        WHEN f.is_yearly
          THEN GREATEST(
            c.covers_to,
            MAKE_DATE(YEAR(c.covers_from) + CASE WHEN MONTH(c.covers_from) >= 4 THEN 1 ELSE 0 END, 4, 1)
          )
        ELSE c.covers_to
      END,
      $as_of + 1
    ) AS covers_to,
    COALESCE(f.stale_after_days, 0) AS stale_after_days
  FROM facts.coverage AS c
  LEFT JOIN ind_feed AS f ON f.item = c.item AND f.feed = c.feed
  WHERE c.known_from <= $as_of AND COALESCE(c.known_to > $as_of, TRUE)
    AND c.covers_from <= $as_of AND c.covers_from < c.covers_to
),
stretch AS (
  SELECT p.item, p.calendar, p.resets, p.scope_id, k.covers_from, k.covers_to, k.stale_after_days
  FROM place AS p
  JOIN known AS k ON k.item = p.item AND k.scope_kind = p.scope_kind AND k.scope_id = p.scope_id
  WHERE p.scope_id <> '*'
  UNION ALL
  SELECT p.item, p.calendar, p.resets, p.scope_id, k.covers_from, k.covers_to, k.stale_after_days
  FROM place AS p
  JOIN known AS k ON k.item = p.item AND k.scope_id = '*'
),
last_end AS (
  SELECT
    *, MAX(covers_to) OVER (PARTITION BY item, calendar, scope_id) AS last_covers_to
  FROM stretch
),
extended AS (
  SELECT
    item, calendar, scope_id, covers_from,
    CASE
      WHEN covers_to < last_covers_to THEN covers_to
      WHEN resets AND covers_to <= $school_year_start THEN LEAST(covers_to + stale_after_days, $school_year_start)
      ELSE covers_to + stale_after_days
    END AS covers_to
  FROM last_end
),
whole AS (
  SELECT e.item, e.calendar, e.scope_id, e.covers_from, COALESCE(q.ends_on, e.covers_to) AS covers_to
  FROM extended AS e
  LEFT JOIN ind_quiet AS q
    ON q.calendar = e.calendar AND q.begins_on <= e.covers_to AND e.covers_to < q.ends_on
  UNION ALL
  SELECT item, calendar, scope_id, DATE '1900-01-01', DATE '1900-01-01' FROM place
  UNION ALL
  SELECT item, calendar, scope_id, DATE '2999-01-01', DATE '2999-01-01' FROM place
),
ordered AS (
  SELECT
    item, calendar, scope_id, covers_from,
    MAX(covers_to) OVER (
      PARTITION BY item, calendar, scope_id
      ORDER BY covers_from, covers_to
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS covered_until
  FROM whole
)
SELECT
  item,
  calendar,
  scope_id,
  covered_until AS gap_from,
  covers_from AS gap_to,
  covers_from = DATE '2999-01-01' AS is_last
FROM ordered
WHERE covered_until < covers_from
