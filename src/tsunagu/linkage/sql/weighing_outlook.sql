-- What the candidates weighed come to: records joined, wrong links expected among them and among the exact links (at
-- most), and records that wait for people.
-- Reads: weighing_candidate, weighing_rule, linkage_link (before anything is joined by weight). Grain: one row.
-- Parameters: link_millibits.
WITH best AS (
  SELECT match_millibits, match_millibits >= $link_millibits AND held_back IS NULL AS is_joined
  FROM weighing_candidate
  WHERE place = 1
),
weighed AS (
  SELECT
    coalesce(sum(CASE WHEN is_joined THEN 1 ELSE 0 END), 0) AS joined,
    coalesce(sum(CASE WHEN is_joined THEN 1 / (1 + power(2.0, match_millibits / 1000.0)) END), 0) AS wrong_joined,
    coalesce(sum(CASE WHEN is_joined THEN 0 ELSE 1 END), 0) AS for_review
  FROM best
),
exact AS (
  SELECT coalesce(sum(1 / (1 + power(2.0, r.match_millibits / 1000.0))), 0) AS wrong_exact
  FROM linkage_link AS l
  JOIN weighing_rule AS r ON r.rule = l.rule
)
SELECT joined, wrong_joined, wrong_exact, for_review
FROM weighed
CROSS JOIN exact
