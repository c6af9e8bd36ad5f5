-- The packs of a run: version, purpose, and when their results expire.
-- Reads: runs.judgement. Writes: nothing.
-- Grain: one pack.
SELECT pack, min(pack_version), min(purpose), min(expires_on)
FROM runs.judgement
GROUP BY pack
ORDER BY pack
