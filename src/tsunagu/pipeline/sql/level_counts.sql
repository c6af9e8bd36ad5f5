-- Children per pack and level.
-- Reads: runs.judgement.
-- Grain: one pack and level.
SELECT pack, need_level, count(*) AS children
FROM runs.judgement
GROUP BY pack, need_level
