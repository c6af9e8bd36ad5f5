-- Keeps in `access_followed` whom the decision in force gives a next date, whether a run lists the child or not: what
-- somebody decided to do is not lost with the list. What was closed is seen for thirty days more, so that whoever closed it
-- sees it, and can take it back. Acts as the owner of the tables, because staff give nobody a right.
-- reads: the row that was added, cases_decision, cases_taking_back
-- writes: access_followed (by a function)
-- grain: one decision or taking back
CREATE FUNCTION cases_keep_following() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp
AS '
DECLARE
    latest record;
BEGIN
    SELECT d.next_action_on, d.decided_on INTO latest
    FROM cases_decision AS d
    WHERE d.person_id = NEW.person_id AND d.purpose = NEW.purpose
        AND NOT EXISTS (
            SELECT 1 FROM cases_taking_back AS b WHERE b.about = d.id AND b.staff_id = d.staff_id
        )
    ORDER BY d.recorded_at DESC, d.id
    LIMIT 1;
    IF NOT FOUND THEN
        DELETE FROM access_followed WHERE person_id = NEW.person_id AND purpose = NEW.purpose;
    ELSIF latest.next_action_on IS NULL THEN
        UPDATE access_followed SET ends_on = latest.decided_on + 30
        WHERE person_id = NEW.person_id AND purpose = NEW.purpose AND ends_on IS NULL;
    ELSE
        INSERT INTO access_followed (person_id, purpose, next_action_on, ends_on)
        VALUES (NEW.person_id, NEW.purpose, latest.next_action_on, NULL)
        ON CONFLICT (person_id, purpose) DO UPDATE SET next_action_on = EXCLUDED.next_action_on, ends_on = NULL;
    END IF;
    RETURN NULL;
END'
