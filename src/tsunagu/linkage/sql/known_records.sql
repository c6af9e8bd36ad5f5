-- What each source record said, as far as was known on $as_of.
-- Reads: {records}. Writes: linkage_known.
-- Grain: one version of one source record.
-- Parameters: as_of. Placeholders: {records}, identity.record or what stands for it; {among}, a condition: whose records are read; {target}: made anew, or added to.
-- Comparable forms, and name and address as written for the comparison with weights, which parts and folds them
-- its own way. `said_order`: the later known, the higher; equal days by record, so that the latest is always one.
-- Closures are not read on purpose: a pupil who left the roster is still the same person.
{target}
SELECT
  subject_id, record_id, system, atena_number, name_folded, kana_folded, other_name_folded, birth_date, sex,
  address_folded, phone_folded, guardian_name_folded, mother_atena_number, due_on, household_number,
  relationship_code, district, resident_status, resident_from, removed_on, history_number, is_latest,
  changed_on, known_from, feed, name, kana, address,
  date_diff('day', DATE '1970-01-01', known_from) * 281474976710656 + record_id % 281474976710656 AS said_order
FROM {records} AS r
WHERE known_from <= $as_of AND {among}
