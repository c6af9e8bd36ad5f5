-- Names, for the rest of the transaction, the children whose rows the owner is about to take away.
-- reads: nothing
-- grain: one row, of no interest
-- parameters: $persons, $purpose
SELECT
    set_config('tsunagu.taken_away', ($persons::bigint[])::text, true),
    set_config('tsunagu.taken_purpose', $purpose, true)
