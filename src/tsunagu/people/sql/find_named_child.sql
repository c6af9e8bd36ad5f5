-- The children with exactly this name or reading and this birth date, for an emergency opening.
-- reads: people_search_key
-- grain: one child
-- parameters: $key (see `seam.key_child`)
SELECT person_id FROM people_search_key WHERE key = $key ORDER BY person_id
