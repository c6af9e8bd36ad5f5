-- The keys by which one exact key finds people and records.
-- Reads: linkage_profile, linkage_subject, linkage_link. Writes: nothing.
-- Grain: one key of one person or record. Records that were linked by a number or a birth never look for keys.
-- Placeholders: {columns} the key as one text; {name} of the key; {scope} children only or everybody; {among} whose
-- profile `p` is read.
SELECT owner_id, 'key' AS kind, keyed_id('reach', '{name}|' || reach_text) AS reach_key
FROM (
  SELECT person_id AS owner_id, {columns} AS reach_text FROM linkage_profile AS p WHERE {scope} AND {among}
  UNION
  SELECT subject_id, {columns}
  FROM linkage_subject AS t
  WHERE due_on IS NULL AND NOT EXISTS (
    SELECT 1
    FROM linkage_link AS l
    WHERE l.subject_id = t.subject_id AND l.rule IN ('register', 'atena_number', 'birth_of_pregnancy')
  )
) AS keyed
WHERE reach_text IS NOT NULL
