-- Gives every source key of the file its meaningless id, once per session.
-- Reads: intake_row, intake_subject. Writes: intake_subject. Grain: one source key of one system.
-- Parameters: $system the source system.
INSERT INTO intake_subject
SELECT $system, n.subject_key, keyed_id('subject', $system || ':' || n.subject_key)
FROM (SELECT DISTINCT subject_key FROM intake_row WHERE NOT is_dropped) AS n
WHERE NOT EXISTS (SELECT 1 FROM intake_subject AS s WHERE s.system = $system AND s.key = n.subject_key)
