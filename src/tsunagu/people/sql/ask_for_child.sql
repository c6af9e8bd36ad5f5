-- Which child is asked for, for the row policy that shows nothing else; it ends with the transaction.
-- reads: nothing
-- grain: one row, of no interest
-- parameters: $key
SELECT set_config('tsunagu.asked_child', $key, true)
