-- Who may take intakes on a day.
-- reads: cases_list_takers (a function)
-- grain: one member of staff
-- parameters: $on
SELECT taker FROM cases_list_takers($on::date) AS taker
