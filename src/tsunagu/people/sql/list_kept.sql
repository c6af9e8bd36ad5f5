-- Of some children, those that still have a copy for any purpose.
-- reads: people_fetched
-- grain: one child
-- parameters: $persons
SELECT DISTINCT person_id FROM people_fetched WHERE person_id = ANY ($persons::bigint[])
