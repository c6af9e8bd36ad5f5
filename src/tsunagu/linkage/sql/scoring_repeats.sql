-- Every candidate of one file against having no partner, which counts as far as a record has no other partner yet.
-- Reads: scoring_weighed, scoring_entity, scoring_partners. Writes: scoring_judged.
-- Grain: one candidate.
-- Parameters: alone_share, the share of records without a partner.
CREATE OR REPLACE TEMP TABLE scoring_judged AS
WITH partnered AS (
  SELECT
    w.*,
    -- Records of one entity are one partner: they confirm one another.
    CASE WHEN lp.first_entity = re.entity THEN lp.second_millionths ELSE lp.first_millionths END AS left_others,
    CASE WHEN rp.first_entity = le.entity THEN rp.second_millionths ELSE rp.first_millionths END AS right_others
  FROM scoring_weighed AS w
  JOIN scoring_entity AS le ON le.id = w.left_id
  JOIN scoring_entity AS re ON re.id = w.right_id
  JOIN scoring_partners AS lp ON lp.id = w.left_id
  JOIN scoring_partners AS rp ON rp.id = w.right_id
)
SELECT
  left_id, right_id, pattern, rarity_millibits, prior_millibits, support_millibits, relative_penalty_millibits,
  weight_millibits,
  CAST(round(
    weight_millibits
    - 1000 * log2($alone_share + (1 - $alone_share) * least(left_others, right_others) / 1000000.0)
  ) AS BIGINT) AS match_millibits
FROM partnered
