-- On which day this transaction works; the policies keep it to what has expired on it.
-- reads: nothing
-- grain: one transaction
-- parameters: $on
SELECT set_config('tsunagu.on_date', $on, true)
