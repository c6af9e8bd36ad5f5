-- Records that the exact keys did not settle, and still want a partner.
-- Reads: scoring_right, scoring_settled. Writes: scoring_open.
-- Grain: one record of the right file.
CREATE OR REPLACE TEMP TABLE scoring_open AS
SELECT r.*
FROM scoring_right AS r
WHERE NOT EXISTS (SELECT 1 FROM scoring_settled AS s WHERE s.right_id = r.id)
