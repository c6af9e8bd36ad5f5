-- Bits for a guardian who lives with the candidate, or does not.
-- Reads: weighing_guardian, weighing_bearer (how many in the register had the name when the version was learned; 0 where
-- fewer than two). Writes: weighing_support.
-- Grain: one record and one person.
-- Parameters, in millibits: there (share of right persons who live with the guardian named), strangers (chance that a
-- household holds one certain person), most (at most), away (where the guardian lives elsewhere).
CREATE OR REPLACE TEMP TABLE weighing_support AS
SELECT
  g.person_id, g.right_id,
  CASE
    WHEN g.is_there = 1 THEN least(
      CAST(round($there - $strangers - 1000 * log2(greatest(b.bearers, 1) + 1)) AS BIGINT), CAST($most AS BIGINT)
    )
    ELSE CAST($away AS BIGINT)
  END AS support_millibits
FROM weighing_guardian AS g
JOIN weighing_bearer AS b ON b.guardian = g.guardian
