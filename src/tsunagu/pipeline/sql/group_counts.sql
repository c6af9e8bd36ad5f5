-- Children and listed children per grade and per district.
-- Reads: runs.population, runs.judgement.
-- Grain: one value of one grouping. Null value: not known, or hidden by address protection.
WITH listed AS (
  SELECT DISTINCT person_id FROM runs.judgement WHERE is_listed
),
marked AS (
  SELECT p.*, CASE WHEN l.person_id IS NULL THEN 0 ELSE 1 END AS is_listed
  FROM runs.population AS p
  LEFT JOIN listed AS l ON l.person_id = p.person_id
)
SELECT
  'stage' AS grouping_name,
  CASE
    WHEN is_unborn THEN 'unborn'
    WHEN grade IS NOT NULL THEN grade
    WHEN age_years IS NOT NULL THEN 'age_' || CAST(age_years AS VARCHAR)
  END AS group_value,
  count(*) AS children, sum(is_listed) AS listed
FROM marked
GROUP BY 1, 2
UNION ALL
SELECT 'district', district, count(*), sum(is_listed)
FROM marked
GROUP BY 1, 2
