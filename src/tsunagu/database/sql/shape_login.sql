-- What a login may do: nothing beyond ordinary tables, and never past a row policy.
-- reads: nothing
-- writes: the cluster's roles
-- grain: one login
-- parameters: login, rights (names of our own), password (generated, URL-safe)
ALTER ROLE {login}
    LOGIN NOSUPERUSER NOCREATEROLE NOBYPASSRLS {rights}
    PASSWORD '{password}'
