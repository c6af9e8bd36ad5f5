-- One row per subject of a source system: the latest that system said of each attribute.
-- Reads: linkage_known. Writes: linkage_subject.
-- Grain: one subject. Null: the system never said.
CREATE OR REPLACE TEMP TABLE linkage_subject AS
SELECT
  subject_id,
  min(system) AS system,
  min(feed) AS feed,
  max_by(atena_number, said_order) AS atena_number,
  max_by(name_folded, said_order) AS name_folded,
  max_by(kana_folded, said_order) AS kana_folded,
  max_by(birth_date, said_order) AS birth_date,
  max_by(sex, said_order) AS sex,
  max_by(address_folded, said_order) AS address_folded,
  max_by(phone_folded, said_order) AS phone_folded,
  max_by(guardian_name_folded, said_order) AS guardian_name_folded,
  max_by(mother_atena_number, said_order) AS mother_atena_number,
  max_by(due_on, said_order) AS due_on,
  max_by(name, said_order) AS name,
  max_by(kana, said_order) AS kana,
  max_by(address, said_order) AS address,
  min(known_from) AS known_from
FROM linkage_known
WHERE resident_status IS NULL
GROUP BY subject_id
