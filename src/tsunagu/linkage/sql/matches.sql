-- How every record outside the register found its person, or why it found none.
-- Reads: linkage_link, weighing_candidate, weighing_rule. Writes: linkage_match.
-- Grain: one subject and one candidate, best first; one row without a person where there was no candidate.
-- Null `match_millibits`: not weighed (in-house key, birth of a pregnancy, nobody to compare with).
CREATE OR REPLACE TEMP TABLE linkage_match AS
WITH told AS (
  SELECT
    l.subject_id, coalesce(c.place, 1) AS place, l.system,
    CASE WHEN l.rule = 'opened' OR c.place > 1 THEN c.person_id ELSE l.person_id END AS person_id,
    CASE
      WHEN coalesce(c.place, 1) > 1 THEN 'rival'
      WHEN l.rule <> 'opened' THEN 'link'
      WHEN c.person_id IS NOT NULL THEN 'review'
      ELSE 'none'
    END AS decision,
    l.rule,
    coalesce(c.match_millibits, w.match_millibits) AS match_millibits,
    c.pattern, c.prior_millibits, c.rarity_millibits, c.support_millibits, c.relative_penalty_millibits AS relative_millibits,
    c.weight_millibits - c.match_millibits AS rivals_millibits, c.held_back
  FROM linkage_link AS l
  LEFT JOIN weighing_candidate AS c ON c.subject_id = l.subject_id AND l.rule IN ('weight', 'opened')
  LEFT JOIN weighing_rule AS w ON w.rule = l.rule
  WHERE l.rule <> 'register'
)
SELECT
  *,
  CASE
    WHEN match_millibits IS NOT NULL THEN round(1 / (1 + power(2.0, -match_millibits / 1000.0)), 6)
  END AS match_probability
FROM told
