-- Every link and every pair for review, settled or weighed; records of the right file without any stand alone.
-- Reads: scoring_settled, scoring_rule_weight, scoring_judged, scoring_right.
-- Grain: one pair, or one right record with nobody (left_id null). Ordered by right record, then by weight.
-- Parameters: link_millibits, review_millibits (decisions by weight), with_nobody (list the right records that found nobody).
WITH pair AS (
  SELECT s.left_id, s.right_id, w.match_millibits, s.rule
  FROM scoring_settled AS s
  JOIN scoring_rule_weight AS w ON w.rule = s.rule
  UNION ALL
  SELECT left_id, right_id, match_millibits, 'weight'
  FROM scoring_judged
  WHERE match_millibits >= $review_millibits
)
SELECT
  left_id, right_id,
  CASE WHEN match_millibits >= $link_millibits THEN 'link' ELSE 'review' END AS decision,
  match_millibits, rule
FROM pair
UNION ALL
SELECT CAST(NULL AS INTEGER), r.id, 'none', CAST(NULL AS BIGINT), CAST(NULL AS VARCHAR)
FROM scoring_right AS r
WHERE $with_nobody AND NOT EXISTS (SELECT 1 FROM pair AS p WHERE p.right_id = r.id)
ORDER BY right_id, match_millibits DESC, left_id
