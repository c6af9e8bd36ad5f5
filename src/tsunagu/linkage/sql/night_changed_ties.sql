-- Households and in-house numbers of changed rows.
-- Reads: night_changed. Writes: night_reach.
-- Grain: one way by which a change can travel.
INSERT INTO night_reach
SELECT person_id, 'home', home_id FROM night_changed WHERE person_id IS NOT NULL AND home_id IS NOT NULL
UNION
SELECT subject_id, 'number', number_id FROM night_changed WHERE number_id IS NOT NULL
UNION
SELECT subject_id, 'number', mother_id FROM night_changed WHERE mother_id IS NOT NULL
