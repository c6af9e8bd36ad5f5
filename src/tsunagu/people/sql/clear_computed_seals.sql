-- Takes away the seals that follow from others, before they are found anew in the same transaction.
-- reads: access_seal
-- writes: access_seal
-- grain: one seal
DELETE FROM access_seal WHERE is_computed
