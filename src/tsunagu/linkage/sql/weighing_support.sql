-- Bits for a guardian who lives with the candidate, or does not.
-- Reads: weighing_guardian. Writes: weighing_support.
-- Grain: one record and one person.
-- Parameters: there (share of right persons who live with the guardian named), strangers (chance that a household holds
-- one certain person), most (bits at most), away (bits where the guardian lives elsewhere), all but shares in millibits.
CREATE OR REPLACE TEMP TABLE weighing_support AS
SELECT
  person_id, right_id,
  CASE
    WHEN is_there = 1
      THEN least(CAST(round(1000 * log2($there / ((bearers + 1) * $strangers))) AS BIGINT), CAST($most AS BIGINT))
    ELSE CAST($away AS BIGINT)
  END AS support_millibits
FROM weighing_guardian
