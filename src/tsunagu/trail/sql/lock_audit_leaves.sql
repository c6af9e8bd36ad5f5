-- One checkpointer at a time; the lock goes with the transaction.
-- reads: nothing
-- grain: one transaction
SELECT pg_advisory_xact_lock(hashtext('tsunagu.audit_leaf'))
