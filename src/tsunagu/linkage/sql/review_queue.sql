-- Pairs that people may decide, the most useful first.
-- Reads: identity.match, identity.review_decision, review_hidden (person_id). Writes: nothing.
-- Grain: one record and one person nobody has decided about. `loss`: what the present handling is expected to cost, which a
-- decision takes away: the chance that a pair kept apart is one person, or that a joined pair is not (that costs more).
-- A record that may be somebody hidden from whoever asks is left out with all its pairs: it may be about that person.
-- Parameters: wrong_link_cost (how many missed links a wrong one weighs).
WITH latest AS (
  SELECT *, row_number() OVER (PARTITION BY one_id, other_id ORDER BY known_from DESC, sequence DESC) AS newest
  FROM identity.review_decision
),
decided AS (
  SELECT one_id, other_id, decision FROM latest WHERE newest = 1 AND decision <> 'undo'
),
settled AS (
  SELECT one_id AS subject_id FROM decided WHERE decision = 'same'
  UNION
  SELECT other_id FROM decided WHERE decision = 'same'
),
waiting AS (
  SELECT
    m.*,
    count(*) OVER (PARTITION BY m.subject_id) - 1 AS rivals,
    max(CASE WHEN m.decision = 'link' THEN 1 ELSE 0 END) OVER (PARTITION BY m.subject_id) AS is_joined
  FROM identity.match AS m
  WHERE m.pattern IS NOT NULL
)
SELECT
  w.subject_id, w.person_id, w.system, w.decision, w.match_probability, w.match_millibits, w.pattern, w.held_back,
  w.rivals,
  CASE WHEN w.decision = 'link' THEN (1 - w.match_probability) * $wrong_link_cost ELSE w.match_probability END AS loss
FROM waiting AS w
WHERE (w.decision = 'link' OR w.is_joined = 0)
  AND NOT EXISTS (SELECT 1 FROM settled AS s WHERE s.subject_id = w.subject_id)
  AND NOT EXISTS (
    SELECT 1
    FROM decided AS d
    WHERE d.one_id = least(w.subject_id, w.person_id) AND d.other_id = greatest(w.subject_id, w.person_id)
  )
  AND NOT EXISTS (
    SELECT 1
    FROM identity.match AS o
    JOIN review_hidden AS h ON h.person_id = o.person_id
    WHERE o.subject_id = w.subject_id
  )
ORDER BY loss DESC, w.subject_id, w.person_id
