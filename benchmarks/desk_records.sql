-- The records of the listed children of `desk_city.py`, as fetched today: of each what the worker would have copied.
-- writes: people_child, people_fetched, people_fact, people_fact_count, people_relative, people_contact
-- parameters: $listed (numbers 1 to it), $purpose, $today, $facts (of each child)
INSERT INTO people_child (person_id, birth_date, sex, grade)
SELECT n, date '2009-04-02' + (n * 7919 % 6000)::int, 'female', 'P4' FROM generate_series(1, $listed::int) AS n;

INSERT INTO people_fetched (
    person_id, purpose, as_of, run_id, is_registered, withheld_relatives, trouble, covered
)
SELECT n, $purpose, $today, 'r1', true, 0, '', '[["education", "2024-04-01", "2026-04-01"]]'
FROM generate_series(1, $listed::int) AS n;

INSERT INTO people_fact (
    person_id, purpose, number, is_place, item, lane, occurred_on, known_from, title, source, "values", recipients
)
SELECT
    n, $purpose, f, false, 'item_' || f % 8,
    (ARRAY['education', 'health', 'benefits', 'childcare', 'welfare', 'resident'])[1 + f % 6],
    $today::date - 10 - f * 17, $today::date - 5 - f * 17,
    '{"ja": "欠席", "en": "absence"}', '{"ja": "出欠明細", "en": "daily marks"}',
    '[{"name": "mark", "unit": "", "is_sensitive": false, "title": {"ja": "出欠区分", "en": "mark"},
       "shown": {"ja": "欠席", "en": "absent"}}]',
    ARRAY['coordinator', 'caseworker', 'public_health_nurse', 'school_social_worker', 'supervisor']
FROM generate_series(1, $listed::int) AS n CROSS JOIN generate_series(1, $facts::int) AS f;

INSERT INTO people_fact_count (person_id, purpose, lane, recipients, facts)
SELECT
    n, $purpose, lane,
    ARRAY['coordinator', 'caseworker', 'public_health_nurse', 'school_social_worker', 'supervisor'], $facts::int / 6
FROM generate_series(1, $listed::int) AS n
CROSS JOIN unnest(ARRAY['education', 'health', 'benefits', 'childcare', 'welfare', 'resident']) AS lane;

INSERT INTO people_relative (
    person_id, purpose, relative_id, name, kana, relation, confidence, birth_year, is_guardian
)
SELECT n, $purpose, 10000000 + n * 4 + r, '架空 家族', 'カクウ カゾク', 'parent', 'certain', 1985, true
FROM generate_series(1, $listed::int) AS n CROSS JOIN generate_series(1, 3) AS r;

INSERT INTO people_contact (person_id, purpose, system, place, address, postal_code, phone, known_from)
SELECT n, $purpose, 'resident', 1, '架空町一丁目', '000-0000', '000-1111-2222', $today
FROM generate_series(1, $listed::int) AS n;
