-- A login, without any right yet.
-- reads: nothing
-- writes: the cluster's roles
-- grain: one login
-- parameters: login (a name of our own)
CREATE ROLE {login} LOGIN
