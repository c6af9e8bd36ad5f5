-- For items that speak for the whole city: up to which day before each window's end something is uncovered.
-- Reads: ind_need, ind_gap. Writes: ind_reach_city.
-- Grain: item × calendar × window_end. uncovered_until 1900-01-01 = nothing is; ran_out_on: end of the last
-- covered time when it does not reach the window's end.
WITH need AS (
  SELECT DISTINCT item, calendar, window_end FROM ind_need WHERE scope_kind = 'municipality'
)
SELECT
  n.item,
  n.calendar,
  n.window_end,
  COALESCE(MAX(CASE WHEN g.gap_to IS NOT NULL THEN LEAST(g.gap_to, n.window_end) END), DATE '1900-01-01') AS uncovered_until,
  MAX(CASE WHEN g.is_last THEN g.gap_from END) AS ran_out_on
FROM need AS n
LEFT JOIN ind_gap AS g
  ON g.item = n.item AND g.calendar = n.calendar AND g.scope_id = '*' AND g.gap_from < n.window_end
GROUP BY n.item, n.calendar, n.window_end
