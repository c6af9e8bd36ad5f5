-- Every candidate against its rivals, seen from both records, and against having no partner.
-- Reads: scoring_weighed. Writes: scoring_judged.
-- Grain: one candidate. Sums are of whole numbers (units of 2^-32 of the strongest rival), so their order is no matter.
-- Parameters: nobody_millibits, the weight of "no partner".
CREATE OR REPLACE TEMP TABLE scoring_judged AS
WITH strongest AS (
  SELECT
    *,
    greatest(max(weight_millibits) OVER (PARTITION BY right_id), $nobody_millibits) AS right_top,
    greatest(max(weight_millibits) OVER (PARTITION BY left_id), $nobody_millibits) AS left_top
  FROM scoring_weighed
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
    sum(left_share) OVER (PARTITION BY left_id) - left_share AS left_rivals
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
  left_id, right_id, pattern, rarity_millibits, prior_millibits, support_millibits, relative_penalty_millibits,
  weight_millibits,
  CAST(round(weight_millibits - 1000 * log2(alternatives)) AS BIGINT) AS match_millibits
FROM against
