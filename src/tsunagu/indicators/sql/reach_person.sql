-- The same for each person: over all stays, each needing its own school's coverage.
-- Reads: ind_reach_spell, ind_enrolment. Writes: ind_reach_person.
-- Grain: item × calendar × window_end × person. last_to: end of the last stay before the window's end.
WITH stay AS (
  SELECT DISTINCT person_id, scope_kind, scope_id, valid_from, valid_to FROM ind_enrolment
),
reach AS (
  SELECT
    r.item, r.calendar, r.window_end, s.person_id, r.spell_to, r.uncovered_until, r.ran_out_on,
    MAX(r.spell_to) OVER (PARTITION BY r.item, r.calendar, r.window_end, s.person_id) AS last_to
  FROM ind_reach_spell AS r
  JOIN stay AS s
    ON s.scope_kind = r.scope_kind
    AND s.scope_id = r.scope_id
    AND s.valid_from = r.valid_from
    AND s.valid_to = r.valid_to
)
SELECT
  item,
  calendar,
  window_end,
  person_id,
  MAX(last_to) AS last_to,
  MAX(uncovered_until) AS uncovered_until,
  MAX(CASE WHEN spell_to = last_to THEN ran_out_on END) AS ran_out_on
FROM reach
GROUP BY item, calendar, window_end, person_id
