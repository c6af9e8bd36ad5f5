-- How many records had each value when the version was learned; values that fewer than two had are not found.
-- Reads: weighing_value (place, kind, text), linkage_frequency. Grain: one value found.
SELECT v.place, f.people
FROM weighing_value AS v
JOIN linkage_frequency AS f ON f.kind = v.kind AND f.value_key = keyed_id('frequency', v.kind || '|' || v.text)
