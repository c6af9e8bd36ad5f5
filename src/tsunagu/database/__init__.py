"""PostgreSQL, always: our own server inside the home, or an outside one; separate logins for separate duties."""
