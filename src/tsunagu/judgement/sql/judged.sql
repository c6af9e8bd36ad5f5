-- Who is judged by which pack.
-- Reads: runs_population, judgement_pack. Writes: judgement_judged.
-- Grain: one child and pack. A child whose cohort is not known is judged: nobody is left out for a missing date.
CREATE OR REPLACE TEMP TABLE judgement_judged AS
SELECT p.person_id, p.school_cohort, k.pack_no
FROM runs_population AS p
CROSS JOIN judgement_pack AS k
WHERE
  (k.first_cohort IS NULL AND k.last_cohort IS NULL)
  OR (p.school_cohort IS NULL AND NOT p.is_unborn)
  OR (
    p.school_cohort >= coalesce(k.first_cohort, p.school_cohort)
    AND p.school_cohort <= coalesce(k.last_cohort, p.school_cohort)
  )
