-- Whether a child was opened on a day for a purpose. The row policy let only those write it who may see its head.
-- reads: people_opening
-- grain: one child, purpose and day
-- parameters: $person_id, $purpose, $opened_on
SELECT 1 FROM people_opening WHERE person_id = $person_id AND purpose = $purpose AND opened_on = $opened_on
