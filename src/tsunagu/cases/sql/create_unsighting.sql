-- A contact that is taken back takes back with it that the child was seen: the clock runs on as if it had never stopped.
-- reads: the row that was added, cases_intake_step
-- writes: cases_intake_step (by a function)
-- grain: one intake
CREATE FUNCTION cases_unsight_child() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp
AS '
BEGIN
    INSERT INTO cases_intake_step (
        id, intake_id, purpose, staff_id, happened_at, kind, way, ending, note, about, contact
    )
    SELECT
        gen_random_uuid(), s.intake_id, s.purpose, NEW.staff_id, NEW.recorded_at, ''taking_back'', '''', '''', '''', s.id,
        s.contact
    FROM cases_intake_step AS s
    WHERE s.contact = NEW.about AND s.staff_id = NEW.staff_id AND s.kind = ''sighting'';
    RETURN NULL;
END'
