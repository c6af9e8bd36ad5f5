-- Makes a decision about who is in charge come true, in its own transaction: both or neither. It acts as the owner of
-- the tables, because staff may say who is in charge but give nobody any other right.
-- reads: the row that was added
-- writes: access_relationship (by a function)
-- grain: one decision
CREATE FUNCTION cases_make_assignment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp
AS '
BEGIN
    IF NEW.is_end THEN
        DELETE FROM access_relationship
        WHERE person_id = NEW.person_id AND kind IN (''assigned'', ''team'') AND valid_from >= NEW.from_on
            AND ((staff_id = NEW.assignee_id) OR (scope_kind = ''team'' AND scope_id = NEW.team_id));
        UPDATE access_relationship SET valid_to = NEW.from_on
        WHERE person_id = NEW.person_id AND kind IN (''assigned'', ''team'') AND valid_from < NEW.from_on
            AND (valid_to IS NULL OR valid_to > NEW.from_on)
            AND ((staff_id = NEW.assignee_id) OR (scope_kind = ''team'' AND scope_id = NEW.team_id));
    ELSIF NOT EXISTS (
        SELECT 1 FROM access_relationship
        WHERE person_id = NEW.person_id AND kind IN (''assigned'', ''team'') AND valid_from <= NEW.from_on
            AND (valid_to IS NULL OR valid_to > NEW.from_on)
            AND ((staff_id = NEW.assignee_id) OR (scope_kind = ''team'' AND scope_id = NEW.team_id))
    ) THEN
        INSERT INTO access_relationship (staff_id, scope_kind, scope_id, person_id, kind, valid_from)
        VALUES (
            NEW.assignee_id, CASE WHEN NEW.team_id = '''' THEN '''' ELSE ''team'' END, NEW.team_id, NEW.person_id,
            CASE WHEN NEW.team_id = '''' THEN ''assigned'' ELSE ''team'' END, NEW.from_on
        );
    END IF;
    RETURN NULL;
END'
