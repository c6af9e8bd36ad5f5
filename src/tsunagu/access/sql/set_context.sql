-- The context of this transaction, for row policies; it ends with the transaction.
-- reads: nothing
-- grain: one row, of no interest
-- parameters: staff_id, purpose, on_date, request_id (bound by name)
SELECT
    set_config('tsunagu.staff_id', %(staff_id)s, true),
    set_config('tsunagu.purpose', %(purpose)s, true),
    set_config('tsunagu.on_date', %(on_date)s, true),
    set_config('tsunagu.request_id', %(request_id)s, true)
