-- What a search shows of the children of the load.
-- reads: people_loading
-- writes: people_directory
-- grain: one child
INSERT INTO people_directory (person_id, name, kana, birth_year, is_unborn, is_protected)
SELECT person_id, name, kana, birth_year, is_unborn, is_protected FROM people_loading
