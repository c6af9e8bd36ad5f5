-- Where the children of the load are.
-- reads: people_loading
-- writes: people_place
-- grain: one child
INSERT INTO people_place (person_id, school_id, facility_id, district)
SELECT person_id, school_id, facility_id, district FROM people_loading
