-- Appoints an administrator as the owner of the tables, whom only the operator of the machine can be; once.
-- reads: nothing
-- writes: access_administratorship
-- grain: one member of staff
-- parameters: $staff_id, $valid_from
INSERT INTO access_administratorship (staff_id, valid_from) VALUES ($staff_id, $valid_from)
ON CONFLICT DO NOTHING
