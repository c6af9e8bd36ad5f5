-- For which purpose this transaction works; the policies keep it to that purpose's rows.
-- reads: nothing
-- grain: one transaction
-- parameters: $purpose
SELECT set_config('tsunagu.purpose', $purpose, true)
