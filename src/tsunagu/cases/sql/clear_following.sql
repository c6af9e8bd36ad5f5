-- The way back of `fill_following`.
-- reads: nothing
-- writes: access_followed
-- grain: one child and purpose
DELETE FROM access_followed
