-- What the packs say of them.
-- reads: cases_loading_result
-- writes: cases_result
-- grain: one pack's result of one child
INSERT INTO cases_result SELECT * FROM cases_loading_result
