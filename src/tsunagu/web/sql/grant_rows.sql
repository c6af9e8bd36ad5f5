-- Tables that migrations make from now on: the application reads and writes their rows, and changes no table.
-- A migration takes back what its table does not allow (a trail that is only added to).
-- reads: nothing
-- writes: the owner's default grants
-- grain: one login
-- parameters: application (a name of our own)
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {application}
