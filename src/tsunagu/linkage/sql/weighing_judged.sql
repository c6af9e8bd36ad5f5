-- Every candidate against its rivals: other persons for this record, other records of the same system for this person,
-- and nobody. A rival record that says exactly the same is no rival: it is the same child entered twice.
-- Reads: weighing_weighed, weighing_right. Writes: weighing_judged.
-- Grain: one record and one person. Sums are of whole numbers (units of 2^-32 of the strongest), so order is no matter.
-- Parameters: nobody_millibits, the weight of "no partner".
CREATE OR REPLACE TEMP TABLE weighing_judged AS
WITH strongest AS (
  SELECT
    w.*,
    concat_ws('|', r.full_name, r.full_name_kana, CAST(r.birth_date AS VARCHAR), r.address) AS content,
    greatest(max(w.weight_millibits) OVER (PARTITION BY w.right_id), $nobody_millibits) AS right_top,
    greatest(max(w.weight_millibits) OVER (PARTITION BY w.person_id, w.system), $nobody_millibits) AS left_top
  FROM weighing_weighed AS w
  JOIN weighing_right AS r ON r.id = w.right_id
),
shared AS (
  SELECT
    *,
    CAST(4294967296.0 * power(2.0, (weight_millibits - right_top) / 1000.0) AS BIGINT) AS right_share,
    CAST(4294967296.0 * power(2.0, (weight_millibits - left_top) / 1000.0) AS BIGINT) AS left_share
  FROM strongest
),
summed AS (
  SELECT
    *,
    sum(right_share) OVER (PARTITION BY right_id) - right_share AS right_rivals,
    sum(left_share) OVER (PARTITION BY person_id, system)
      - sum(left_share) OVER (PARTITION BY person_id, system, content) AS left_rivals
  FROM shared
),
against AS (
  SELECT
    *,
    power(2.0, $nobody_millibits / 1000.0)
    + CAST(right_rivals AS DOUBLE) / 4294967296.0 * power(2.0, least(right_top, 60000) / 1000.0)
    + CAST(left_rivals AS DOUBLE) / 4294967296.0 * power(2.0, least(left_top, 60000) / 1000.0) AS alternatives
  FROM summed
)
SELECT
  right_id, subject_id, system, person_id, pattern, rarity_millibits, prior_millibits, support_millibits,
  relative_penalty_millibits, weight_millibits,
  CAST(round(weight_millibits - 1000 * log2(alternatives)) AS BIGINT) AS match_millibits
FROM against
