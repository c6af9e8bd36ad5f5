-- Records outside the register by how they found their person, with the wrong links their weights expect.
-- Reads: identity.match. Writes: nothing.
-- Grain: one rule; records for people to look at apart (`decision` review). Null `expected_wrong`: not weighed.
SELECT
  rule, decision, count(*) AS records,
  sum(CASE WHEN decision = 'link' THEN 1 - match_probability END) AS expected_wrong
FROM identity.match
WHERE place = 1
GROUP BY rule, decision
ORDER BY decision, records DESC, rule
