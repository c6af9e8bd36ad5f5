-- A few children by chance from those a purpose does not list, for the coordinator's file review alone.
-- Reads: runs_judgement, runs_silence. Writes: runs_audit_sample.
-- Grain: one drawn child of one purpose. The order is a keyed hash: it can be repeated, and nobody can foresee it.
-- Parameters: seed, size.
CREATE OR REPLACE TEMP TABLE runs_audit_sample AS
WITH unlisted AS (
  SELECT j.purpose, j.person_id
  FROM runs_judgement AS j
  LEFT JOIN runs_silence AS s ON s.person_id = j.person_id
  GROUP BY j.purpose, j.person_id
  HAVING max(CASE WHEN j.is_listed OR coalesce(s.is_listed, false) THEN 1 ELSE 0 END) = 0
),
drawn AS (
  SELECT
    purpose, person_id,
    row_number() OVER (
      PARTITION BY purpose
      ORDER BY keyed_id('audit_sample', $seed || ' ' || purpose || ' ' || CAST(person_id AS VARCHAR)), person_id
    ) AS draw
  FROM unlisted
)
SELECT purpose, draw, person_id FROM drawn WHERE draw <= $size
