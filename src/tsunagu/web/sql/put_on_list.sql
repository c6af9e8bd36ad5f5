-- Puts somebody on the list of staff, or gives whoever has the number there a first password and their place back.
-- reads: access_staff
-- writes: access_staff
-- grain: one member of staff, whose id is returned
-- parameters: $staff_number, $name, $department, $password (hashed), $until
INSERT INTO access_staff (staff_number, name, department, email, is_active, password, first_password_until)
VALUES ($staff_number, $name, $department, '', true, $password, $until)
ON CONFLICT (staff_number) DO UPDATE SET
    is_active = true, password = excluded.password, first_password_until = excluded.first_password_until
RETURNING id
