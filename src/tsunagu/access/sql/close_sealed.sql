-- Above every right, break-glass included: nothing of a child is seen or written by whom a seal keeps away from it.
-- A seal holds from the moment it stands, whatever day it begins on.
-- reads: the session's context, access_seal
-- writes: the table's policies
-- grain: one policy
-- parameters: table, person (names of our own: the column that names the child)
CREATE POLICY close_sealed_{person} ON {table} AS RESTRICTIVE FOR ALL USING (
    NOT EXISTS (
        SELECT 1 FROM access_seal AS s
        WHERE s.person_id = {table}.{person}
            AND s.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
            AND (s.valid_to IS NULL OR s.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
    )
)
