-- What is usual among children of the same school cohort, for numeric indicators the packs read.
-- Reads: runs_indicator_value, runs_population, judgement_condition. Writes: judgement_cohort.
-- Grain: one indicator and cohort with enough known values to say so.
-- Parameters: least_known.
CREATE OR REPLACE TEMP TABLE judgement_cohort AS
SELECT
  v.indicator,
  p.school_cohort,
  quantile_cont(v.value, 0.5) AS cohort_median,
  quantile_cont(v.value, 0.9) AS cohort_p90
FROM runs_indicator_value AS v
JOIN runs_population AS p ON p.person_id = v.person_id
WHERE
  v.state = 'value' AND v.value IS NOT NULL AND v.text_value IS NULL AND p.school_cohort IS NOT NULL
  AND v.indicator IN (SELECT indicator FROM judgement_condition WHERE threshold IS NOT NULL)
GROUP BY v.indicator, p.school_cohort
HAVING count(*) >= $least_known
