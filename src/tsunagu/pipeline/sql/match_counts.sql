-- By which rule each system's records found their person.
-- Reads: identity.link. Writes: nothing.
-- Grain: one system and rule.
SELECT system, rule, count(*) AS subjects
FROM identity.link
GROUP BY system, rule
ORDER BY system, subjects DESC, rule
