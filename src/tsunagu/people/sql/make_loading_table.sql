-- Where a load arrives before it replaces what is there.
-- reads: nothing
-- writes: people_loading (a table of this transaction)
-- grain: one child
CREATE TEMPORARY TABLE people_loading (
    person_id bigint PRIMARY KEY,
    name text,
    kana text,
    birth_year integer,
    is_unborn boolean NOT NULL,
    school_id text,
    facility_id text,
    district text,
    is_protected boolean NOT NULL,
    search_keys text[] NOT NULL
) ON COMMIT DROP
