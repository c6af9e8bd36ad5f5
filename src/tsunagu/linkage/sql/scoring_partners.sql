-- Of each record the surest partner, and the surest besides that partner's entity: how much others are believed.
-- Reads: scoring_weighed, scoring_entity. Writes: scoring_partners.
-- Grain: one record with a candidate. Beliefs in whole millionths.
CREATE OR REPLACE TEMP TABLE scoring_partners AS
WITH belief AS (
  SELECT p.id, e.entity, max(CAST(round(1000000 / (1 + power(2.0, -p.weight_millibits / 1000.0))) AS BIGINT)) AS millionths
  FROM (
    SELECT left_id AS id, right_id AS partner, weight_millibits FROM scoring_weighed
    UNION ALL
    SELECT right_id, left_id, weight_millibits FROM scoring_weighed
  ) AS p
  JOIN scoring_entity AS e ON e.id = p.partner
  GROUP BY p.id, e.entity
),
ranked AS (
  SELECT id, entity, millionths, row_number() OVER (PARTITION BY id ORDER BY millionths DESC, entity) AS place
  FROM belief
)
SELECT
  id,
  max(CASE WHEN place = 1 THEN entity END) AS first_entity,
  max(CASE WHEN place = 1 THEN millionths END) AS first_millionths,
  coalesce(max(CASE WHEN place = 2 THEN millionths END), 0) AS second_millionths
FROM ranked
WHERE place <= 2
GROUP BY id
