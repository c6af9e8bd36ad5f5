-- Our own logins may connect to the one database (its owner may anyway).
-- reads: nothing
-- writes: the grants of the database
-- grain: one database
GRANT CONNECT ON DATABASE tsunagu TO tsunagu_app, tsunagu_checkpointer
