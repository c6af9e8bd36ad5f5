-- The weight of each candidate: same person against relative or stranger, with what the guardian named says.
-- Reads: scoring_pair, scoring_weight, weighing_left, weighing_right, weighing_taken, weighing_prior (by system and age),
-- weighing_support (person, record, millibits), review_forbidden. Writes: weighing_weighed.
-- Grain: one record and one person, by that of the person's spellings which weighs most; hopeless ones are let go.
-- `weight_millibits`: log2 of the odds that the record is this person's, before rivals are heard.
-- Parameters: relative_prior (log2 of the odds of two members of one household, millibits), least.
CREATE OR REPLACE TEMP TABLE weighing_weighed AS
WITH told AS (
  SELECT
    p.left_id, p.right_id, l.person_id, r.subject_id, r.system, p.pattern, p.rarity_millibits, w.same_millibits,
    w.relative_millibits,
    CASE
      WHEN r.birth_date IS NULL THEN CASE WHEN t.person_id IS NULL THEN o.free_undated ELSE o.taken_undated END
      WHEN t.person_id IS NULL THEN o.free_millibits
      ELSE o.taken_millibits
    END AS prior_millibits,
    coalesce(h.support_millibits, 0) AS support_millibits
  FROM scoring_pair AS p
  JOIN scoring_weight AS w ON w.pattern = p.pattern
  JOIN weighing_left AS l ON l.id = p.left_id
  JOIN weighing_right AS r ON r.id = p.right_id
  JOIN weighing_prior AS o ON o.system = r.system AND o.is_child = l.is_child
  LEFT JOIN weighing_taken AS t ON t.person_id = l.person_id AND t.system = r.system
  LEFT JOIN weighing_support AS h ON h.person_id = l.person_id AND h.right_id = p.right_id
  WHERE NOT EXISTS (
    SELECT 1 FROM review_forbidden AS f WHERE f.subject_id = r.subject_id AND f.person_id = l.person_id
  )
),
weighed AS (
  SELECT
    *,
    -- A relative is the rival explanation; the guardian of both is one.
    CAST(round(1000 * log2(1 + power(2.0, least(
      60, ($relative_prior + relative_millibits + rarity_millibits + support_millibits) / 1000.0
    )))) AS BIGINT) AS relative_penalty_millibits
  FROM told
),
summed AS (
  SELECT
    *,
    CAST(
      prior_millibits + same_millibits + rarity_millibits + support_millibits - relative_penalty_millibits
      AS BIGINT
    ) AS weight_millibits
  FROM weighed
),
ranked AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY right_id, person_id ORDER BY weight_millibits DESC, left_id) AS place
  FROM summed
  WHERE weight_millibits >= $least
)
SELECT
  right_id, subject_id, system, person_id, left_id, pattern, rarity_millibits, prior_millibits, support_millibits,
  relative_penalty_millibits, weight_millibits
FROM ranked
WHERE place = 1
