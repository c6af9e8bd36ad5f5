-- Nobody is on duty who may not see what they are to answer for.
-- reads: the row that is added, cases_list_takers (a function)
-- writes: nothing (refuses the row)
-- grain: one row
CREATE FUNCTION cases_check_duty() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_catalog, pg_temp
AS '
BEGIN
    IF NEW.officer_id NOT IN (SELECT cases_list_takers(NEW.on_date))
        OR NEW.deputy_id NOT IN (SELECT cases_list_takers(NEW.on_date)) THEN
        RAISE EXCEPTION ''on duty without the right to take intakes'' USING ERRCODE = ''23514'';
    END IF;
    RETURN NEW;
END'
