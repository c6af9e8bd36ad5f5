-- For which parts of the city and which times the usable rows speak.
-- Reads: intake_row. Writes: nothing (the result). Grain: one place and time.
-- Placeholders (names of declared columns): {month} {school_year} the row's own month and school year, if it has any.
SELECT place, time, {month} AS month, {school_year} AS school_year, count(*) AS rows
FROM intake_row
WHERE NOT is_dropped
GROUP BY ALL
ORDER BY ALL
