-- Takes somebody's second step away, so that it is set up anew at the next sign-in.
-- reads: nothing
-- writes: mfa_authenticator
-- grain: one member of staff
-- parameters: $staff_id
DELETE FROM mfa_authenticator WHERE user_id = $staff_id
