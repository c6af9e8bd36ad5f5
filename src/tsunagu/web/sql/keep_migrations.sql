-- Which migrations have run is the owner's to say.
-- reads: nothing
-- writes: the grants of django_migrations
-- grain: one login
-- parameters: application (a name of our own)
REVOKE INSERT, UPDATE, DELETE ON TABLE django_migrations FROM {application}
