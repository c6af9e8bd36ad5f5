-- What was learned of anybody since the run whose links are built on, row by row.
-- Reads: {records} (rows of identity.record not known to that run). Writes: night_changed.
-- Grain: one version of one source record. `person_id`, `home_id`: of a row of the register; `number_id`, `mother_id`: the
-- persons whose in-house numbers another record carries.
-- Parameters: as_of. Placeholders: {records} a subquery.
CREATE OR REPLACE TEMP TABLE night_changed AS
SELECT
  subject_id, name_folded, kana_folded, other_name_folded, birth_date, address_folded, phone_folded,
  guardian_name_folded,
  CASE WHEN resident_status IS NOT NULL THEN keyed_id('person', 'atena:' || atena_number) END AS person_id,
  CASE WHEN resident_status IS NOT NULL THEN keyed_id('household', household_number) END AS home_id,
  CASE WHEN resident_status IS NULL THEN keyed_id('person', 'atena:' || atena_number) END AS number_id,
  CASE WHEN resident_status IS NULL THEN keyed_id('person', 'atena:' || mother_atena_number) END AS mother_id
FROM {records} AS r
WHERE known_from <= $as_of
