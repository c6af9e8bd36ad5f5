-- Whom facts name, with the first that is known of each.
-- Reads: {facts}. Writes: linkage_fact_subject.
-- Grain: one subject.
-- Parameters: as_of. Placeholders: {facts} a subquery of subject_id, feed, known_from; {among} whose facts `f` are read.
CREATE OR REPLACE TEMP TABLE linkage_fact_subject AS
SELECT subject_id, min(feed) AS feed, min(known_from) AS known_from
FROM {facts} AS f
WHERE known_from <= $as_of AND {among}
GROUP BY subject_id
