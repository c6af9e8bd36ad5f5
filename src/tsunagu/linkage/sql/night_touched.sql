-- People whose own entry in the register may say something else than it did: new rows, an age limit or a date that the
-- day has passed, and whoever a decision names.
-- Reads: night_changed, night_link, facts.person and facts.membership (of the run built on), identity.review_decision.
-- Writes: night_touched.
-- Grain: one person, or a record that a decision names.
-- Parameters: kept_as_of, as_of; kept_born_from, born_from (children are born on or after this day, then and now).
CREATE OR REPLACE TEMP TABLE night_touched AS
SELECT person_id AS id FROM night_changed WHERE person_id IS NOT NULL
UNION
SELECT l.person_id
FROM night_link AS l
WHERE l.rule = 'register' AND EXISTS (SELECT 1 FROM night_changed AS c WHERE c.subject_id = l.subject_id)
UNION
SELECT person_id
FROM facts.person
WHERE (resident_to > $kept_as_of AND resident_to <= $as_of)
  OR (
    $kept_born_from < $born_from
    AND birth_month >= date_trunc('month', $kept_born_from) AND birth_month < $born_from
  )
UNION
SELECT person_id
FROM facts.membership
WHERE (valid_from > $kept_as_of AND valid_from <= $as_of) OR (valid_to > $kept_as_of AND valid_to <= $as_of)
UNION
SELECT one_id FROM identity.review_decision
UNION
SELECT other_id FROM identity.review_decision
