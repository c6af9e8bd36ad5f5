-- Notes that the child was opened today; once a day.
-- reads: the session's context
-- writes: people_opening
-- grain: one child, purpose and day
-- parameters: $person_id
INSERT INTO people_opening (person_id, purpose, opened_on)
VALUES ($person_id, current_setting('tsunagu.purpose'), current_setting('tsunagu.on_date')::date)
ON CONFLICT DO NOTHING
