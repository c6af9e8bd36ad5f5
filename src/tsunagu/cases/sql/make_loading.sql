-- Where a run's children arrive before they replace those that are there.
-- reads: cases_listed (its columns)
-- writes: cases_loading (a table of this transaction)
-- grain: one listed child
CREATE TEMPORARY TABLE cases_loading (LIKE cases_listed, PRIMARY KEY (person_id)) ON COMMIT DROP
