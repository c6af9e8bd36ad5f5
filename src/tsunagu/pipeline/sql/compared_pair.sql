-- One record and one person of a run, or two records by the person of either.
-- Reads: identity.match, identity.link. Writes: nothing.
-- Grain: at most one pair; the person named comes before the person of a record named.
-- Parameters: one, other (a subject's and a person's id, or two subjects', in either order).
WITH asked AS (
  SELECT $one AS subject_id, $other AS person_id, 1 AS turn
  UNION ALL
  SELECT $other, $one, 2
  UNION ALL
  SELECT $one, person_id, 3 FROM identity.link WHERE subject_id = $other
  UNION ALL
  SELECT $other, person_id, 4 FROM identity.link WHERE subject_id = $one
)
SELECT
  m.subject_id, m.person_id, m.decision, m.rule, m.held_back, m.match_millibits, m.match_probability, m.pattern,
  m.prior_millibits, m.rarity_millibits, m.support_millibits, m.relative_millibits, m.rivals_millibits
FROM identity.match AS m
JOIN asked AS a ON a.subject_id = m.subject_id AND a.person_id = m.person_id
ORDER BY a.turn
LIMIT 1
