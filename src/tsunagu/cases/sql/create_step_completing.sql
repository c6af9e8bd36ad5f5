-- A step is about the child of its intake, and for its purpose, whatever was said; and of an intake one sees.
-- reads: cases_intake
-- writes: the row that is added (by a function)
-- grain: one step
CREATE FUNCTION cases_complete_step() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_catalog, pg_temp
AS '
BEGIN
    SELECT i.person_id, i.purpose INTO NEW.person_id, NEW.purpose FROM cases_intake AS i WHERE i.id = NEW.intake_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION ''no such intake, or not theirs'' USING ERRCODE = ''42501'';
    END IF;
    RETURN NEW;
END'
