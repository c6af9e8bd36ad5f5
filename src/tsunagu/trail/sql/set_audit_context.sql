-- Says, for the rest of the transaction, who acts, for which purpose, in which request.
-- reads: nothing
-- grain: one transaction
-- parameters: $staff_id, $purpose, $request_id
SELECT
    set_config('tsunagu.staff_id', $staff_id, true),
    set_config('tsunagu.purpose', $purpose, true),
    set_config('tsunagu.request_id', $request_id, true)
