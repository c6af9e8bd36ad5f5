-- Whether a role may see the facts of a department. It is put into policies without its SELECT.
-- reads: access_rolelane
-- grain: one row of the table and one role `a`
-- parameters: table (a name of our own, with a `lane`)
SELECT EXISTS (SELECT 1 FROM access_rolelane AS l WHERE l.role = a.role AND l.lane = {table}.lane)
