-- Whether a pair is of somebody hidden from whoever asks, or of a record that may be about them.
-- Reads: identity.match, review_hidden (person_id). Writes: nothing.
-- Grain: one hidden person the pair leads to; no row when it may be seen.
-- Parameters: subject_id, person_id.
SELECT h.person_id
FROM review_hidden AS h
WHERE h.person_id IN ($subject_id, $person_id)
  OR EXISTS (
    SELECT 1 FROM identity.match AS o WHERE o.subject_id = $subject_id AND o.person_id = h.person_id
  )
ORDER BY h.person_id
