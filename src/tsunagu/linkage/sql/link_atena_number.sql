-- Systems that carry the in-house key link by it, unless birth date and reading both say somebody else.
-- Reads: linkage_subject, linkage_spine, linkage_link, review_forbidden. Writes: linkage_link.
-- Grain: one subject. A mistyped key must not put a record on the wrong child: then the record waits for
-- the other keys, or opens its own person.
INSERT INTO linkage_link
SELECT t.subject_id, s.person_id, t.system, 'atena_number', t.feed, t.known_from
FROM linkage_subject AS t
JOIN linkage_spine AS s ON s.atena_number = t.atena_number
WHERE t.due_on IS NULL
  AND NOT EXISTS (SELECT 1 FROM linkage_link AS l WHERE l.subject_id = t.subject_id)
  AND NOT EXISTS (
    SELECT 1 FROM review_forbidden AS f WHERE f.subject_id = t.subject_id AND f.person_id = s.person_id
  )
  AND NOT (
    coalesce(t.birth_date <> s.birth_date, false)
    AND (coalesce(t.kana_folded <> s.kana_folded, false) OR coalesce(t.name_folded <> s.name_folded, false))
  )
  AND NOT coalesce(
    t.name_folded <> s.name_folded AND t.kana_folded <> s.kana_folded AND t.birth_date IS NULL, false
  )
