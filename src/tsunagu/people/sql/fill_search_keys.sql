-- By what the children of the load are found.
-- reads: people_loading
-- writes: people_search_key
-- grain: one key of a child
INSERT INTO people_search_key (key, person_id)
SELECT DISTINCT unnest(search_keys) AS key, person_id FROM people_loading ORDER BY key, person_id
