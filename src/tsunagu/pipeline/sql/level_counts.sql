-- Children per pack and level.
-- Reads: runs.judgement.
-- Grain: one pack and level.
SELECT pack, need_level, count(*) AS children, sum(CASE WHEN is_listed THEN 1 ELSE 0 END) AS listed
FROM runs.judgement
GROUP BY pack, need_level
