-- Forgets that children were opened before a day; the audit trail does not.
-- reads: people_opening
-- writes: people_opening
-- grain: one child, purpose and day
-- parameters: $since
DELETE FROM people_opening WHERE opened_on < $since
