-- Copies of children that nobody has opened since a day, and were not fetched since then either.
-- reads: people_fetched, people_opening
-- grain: one purpose
-- parameters: $since
SELECT f.purpose, array_agg(f.person_id ORDER BY f.person_id)
FROM people_fetched AS f
WHERE f.as_of < $since
    AND NOT EXISTS (
        SELECT 1 FROM people_opening AS o
        WHERE o.person_id = f.person_id AND o.purpose = f.purpose AND o.opened_on >= $since
    )
GROUP BY f.purpose
ORDER BY f.purpose
