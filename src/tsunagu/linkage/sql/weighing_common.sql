-- How many records had each value when the version was learned; values that fewer than two had are not found.
-- Reads: weighing_value (place, text), linkage_frequency. Grain: one value found.
-- Parameters: kind.
SELECT v.place, f.people
FROM weighing_value AS v
JOIN linkage_frequency AS f ON f.value_key = keyed_id('frequency', $kind || '|' || v.text)
WHERE f.kind = $kind
