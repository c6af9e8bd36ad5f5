-- The spine: everybody who ever stood in the resident register, by the latest row known.
-- Reads: linkage_known. Writes: linkage_spine.
-- Grain: one in-house person key (宛名番号).
CREATE OR REPLACE TEMP TABLE linkage_spine AS
SELECT
  atena_number, keyed_id('person', 'atena:' || atena_number) AS person_id, subject_id, name_folded,
  kana_folded, other_name_folded, birth_date, sex, address_folded, household_number, relationship_code,
  district, resident_status, resident_from, removed_on, name, kana, address
FROM (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY atena_number ORDER BY history_number DESC, known_from DESC, is_latest DESC, record_id
    ) AS place
  FROM linkage_known
  WHERE resident_status IS NOT NULL AND atena_number IS NOT NULL
) AS ranked
WHERE place = 1
