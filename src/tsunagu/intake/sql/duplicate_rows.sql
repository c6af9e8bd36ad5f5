-- Rows that name a record another row names too; the first row that says something of it stays.
-- Reads: {incoming}. Writes: intake_duplicate. Grain: one row too many.
-- Placeholders: {incoming} the statements of one target.
CREATE OR REPLACE TEMP TABLE intake_duplicate AS
WITH repeated AS (
  SELECT record_id FROM {incoming} GROUP BY record_id HAVING count(*) > 1
)
SELECT row, _states
FROM (
  SELECT row, _states, row_number() OVER (PARTITION BY record_id ORDER BY _states DESC, row) AS turn
  FROM {incoming}
  WHERE record_id IN (SELECT record_id FROM repeated)
)
WHERE turn > 1
