-- Whom each system is about: children, or everybody else, by its exact links.
-- Reads: weighing_left, weighing_right, weighing_taken.
-- Grain: one system and one of the two ages. `people`: how many of that age the register knows; `taken`: how many of
-- them the system has already; `system_share`: share of the system's links that are of that age.
WITH age AS (
  SELECT is_child, count(*) AS people FROM weighing_left WHERE is_other = 0 GROUP BY is_child
),
system AS (
  SELECT DISTINCT system FROM weighing_right
),
taken AS (
  SELECT t.system, l.is_child, count(*) AS taken
  FROM weighing_taken AS t
  JOIN weighing_left AS l ON l.person_id = t.person_id AND l.is_other = 0
  GROUP BY t.system, l.is_child
),
counted AS (
  SELECT s.system, a.is_child, a.people, coalesce(t.taken, 0) AS taken
  FROM system AS s
  CROSS JOIN age AS a
  LEFT JOIN taken AS t ON t.system = s.system AND t.is_child = a.is_child
)
SELECT
  system, is_child, people, taken,
  (taken + 0.5) / (sum(taken) OVER (PARTITION BY system) + 1.0) AS system_share
FROM counted
ORDER BY system, is_child
