-- Keeps `cases_assignment` as `access_relationship` is, whoever changes that: a policy cannot ask its own table, so who
-- is in charge is read from a table of its own.
-- reads: the row that was added, changed or deleted
-- writes: cases_assignment (by a function)
-- grain: one relationship
CREATE FUNCTION cases_copy_assignment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp
AS '
BEGIN
    IF TG_OP <> ''INSERT'' THEN
        DELETE FROM cases_assignment WHERE relationship_id = OLD.id;
    END IF;
    IF TG_OP <> ''DELETE'' AND NEW.kind IN (''assigned'', ''team'') THEN
        INSERT INTO cases_assignment (relationship_id, person_id, staff_id, team_id, valid_from, valid_to)
        VALUES (
            NEW.id, NEW.person_id, NEW.staff_id,
            CASE WHEN NEW.scope_kind = ''team'' THEN NEW.scope_id ELSE '''' END, NEW.valid_from, NEW.valid_to
        );
    END IF;
    RETURN NULL;
END'
