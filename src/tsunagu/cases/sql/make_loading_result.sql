-- Where what the packs say of a run's children arrives.
-- reads: cases_result (its columns)
-- writes: cases_loading_result (a table of this transaction)
-- grain: one pack's result of one child
CREATE TEMPORARY TABLE cases_loading_result (LIKE cases_result, PRIMARY KEY (person_id, pack)) ON COMMIT DROP
