-- For items that speak for one school or facility: the same per distinct stay, not per child.
-- Reads: ind_need, ind_enrolment, ind_gap. Writes: ind_reach_spell.
-- Grain: item × calendar × window_end × scope × stay. spell_to: the stay's end, cut at the window's end.
WITH spell AS (
  SELECT DISTINCT scope_kind, scope_id, valid_from, valid_to FROM ind_enrolment
),
need AS (
  SELECT DISTINCT item, calendar, window_end, scope_kind FROM ind_need WHERE scope_kind <> 'municipality'
),
cut AS (
  SELECT
    n.item, n.calendar, n.window_end, n.scope_kind, s.scope_id, s.valid_from, s.valid_to,
    LEAST(s.valid_to, n.window_end) AS spell_to
  FROM need AS n
  JOIN spell AS s ON s.scope_kind = n.scope_kind AND s.valid_from < n.window_end
)
SELECT
  c.item,
  c.calendar,
  c.window_end,
  c.scope_kind,
  c.scope_id,
  c.valid_from,
  c.valid_to,
  c.spell_to,
  COALESCE(MAX(CASE WHEN g.gap_to IS NOT NULL THEN LEAST(g.gap_to, c.spell_to) END), DATE '1900-01-01') AS uncovered_until,
  MAX(CASE WHEN g.is_last THEN g.gap_from END) AS ran_out_on
FROM cut AS c
LEFT JOIN ind_gap AS g
  ON g.item = c.item
  AND g.calendar = c.calendar
  AND g.scope_id = c.scope_id
  AND g.gap_from < c.spell_to
  AND g.gap_to > c.valid_from
GROUP BY c.item, c.calendar, c.window_end, c.scope_kind, c.scope_id, c.valid_from, c.valid_to, c.spell_to
