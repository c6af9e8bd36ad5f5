-- Children whose name or kana holds every key of what was typed, the shortest name first. OFFSET 0 keeps the row
-- policies inside: they are asked of every row whatever was typed (containment may not run before a policy), and only
-- so does the planner know how many rows that is, and hashes the policies' subqueries.
-- reads: people_directory
-- grain: one child
-- parameters: $name_keys, $kana_keys (null: nothing to compare), $at_most
SELECT d.person_id, d.name, d.kana, d.birth_year, d.is_unborn, d.is_protected, d.search_keys
FROM (SELECT * FROM people_directory OFFSET 0) AS d
WHERE d.search_keys @> $name_keys::text[] OR d.search_keys @> $kana_keys::text[]
ORDER BY length(d.name), d.kana, d.birth_year, d.person_id
LIMIT $at_most
