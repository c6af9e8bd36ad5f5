-- The one database of an installation.
-- reads: nothing
-- writes: the cluster's databases
-- grain: one database
-- parameters: owner (a name of our own)
CREATE DATABASE tsunagu OWNER {owner}
