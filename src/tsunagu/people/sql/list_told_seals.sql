-- Of whom somebody told a seal that holds on a day.
-- reads: access_seal
-- grain: one person
-- parameters: $on
SELECT DISTINCT person_id FROM access_seal WHERE NOT is_computed AND (valid_to IS NULL OR valid_to > $on)
