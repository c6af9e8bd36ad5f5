-- By what the children of the load are found.
-- reads: people_loading
-- writes: people_directory
-- grain: one child
INSERT INTO people_directory (person_id, name, kana, birth_year, is_unborn, is_protected, search_keys)
SELECT person_id, name, kana, birth_year, is_unborn, is_protected, search_keys FROM people_loading
