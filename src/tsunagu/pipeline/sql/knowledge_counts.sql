-- How much is known: children per indicator, state and reason; those it does not apply to are left out.
-- Reads: runs.indicator_value.
-- Grain: one indicator, state and reason.
SELECT indicator, state, coalesce(unknown_reason, '') AS unknown_reason, count(*) AS children
FROM runs.indicator_value
WHERE coalesce(unknown_reason, '') <> 'not_applicable'
GROUP BY indicator, state, coalesce(unknown_reason, '')
ORDER BY indicator, state, children DESC
