-- A contact at which the child was seen ends the clock of its open intakes for the same purpose that came in by that
-- day, whoever made it and whether they see the intake or not. It acts as the owner of the tables for that.
-- reads: the row that was added, cases_intake, cases_intake_step
-- writes: cases_intake_step (by a function)
-- grain: one intake
CREATE FUNCTION cases_sight_child() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp
AS '
BEGIN
    INSERT INTO cases_intake_step (
        id, intake_id, purpose, staff_id, happened_at, kind, occurred_on, way, ending, note, contact
    )
    SELECT
        gen_random_uuid(), i.id, i.purpose, NEW.staff_id, NEW.recorded_at, ''sighting'', NEW.occurred_on, NEW.way, '''',
        '''', NEW.id
    FROM cases_intake AS i
    WHERE i.person_id = NEW.person_id AND i.purpose = NEW.purpose
        AND (i.received_at AT TIME ZONE ''Asia/Tokyo'')::date <= NEW.occurred_on
        AND NOT EXISTS (
            SELECT 1 FROM cases_intake_step AS s
            WHERE s.intake_id = i.id AND s.kind IN (''sighting'', ''closing'')
                AND NOT EXISTS (
                    SELECT 1 FROM cases_intake_step AS t
                    WHERE t.kind = ''taking_back'' AND t.about = s.id AND t.staff_id = s.staff_id
                )
        );
    RETURN NULL;
END'
