-- One row per subject of a source system: the latest that system said of each attribute.
-- Reads: linkage_known. Writes: linkage_subject.
-- Grain: one subject. Null: the system never said.
CREATE OR REPLACE TEMP TABLE linkage_subject AS
SELECT
  subject_id,
  min(system) AS system,
  min(feed) AS feed,
  max_by(atena_number, known_from) AS atena_number,
  max_by(name_folded, known_from) AS name_folded,
  max_by(kana_folded, known_from) AS kana_folded,
  max_by(birth_date, known_from) AS birth_date,
  max_by(sex, known_from) AS sex,
  max_by(address_folded, known_from) AS address_folded,
  max_by(phone_folded, known_from) AS phone_folded,
  max_by(guardian_name_folded, known_from) AS guardian_name_folded,
  max_by(mother_atena_number, known_from) AS mother_atena_number,
  max_by(due_on, known_from) AS due_on,
  min(known_from) AS known_from
FROM linkage_known
WHERE resident_status IS NULL
GROUP BY subject_id
