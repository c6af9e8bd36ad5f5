-- Takes the seam's directory in.
-- reads: what the program sends
-- writes: people_loading
-- grain: one child
COPY people_loading (
    person_id, name, kana, birth_year, is_unborn, school_id, facility_id, district, is_protected, search_keys
) FROM STDIN
