-- Takes one index away.
-- reads: nothing
-- writes: an index
-- grain: one index
-- parameters: index (a name of our own)
DROP INDEX {index}
