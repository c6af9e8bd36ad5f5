-- Who lived in which register household when, from the register's history rows.
-- Reads: linkage_known, linkage_spine. Writes: linkage_membership.
-- Grain: one stay of one person in one household under one relationship.
-- Null valid_from: since before the records; null valid_to: still there.
CREATE OR REPLACE TEMP TABLE linkage_membership AS
WITH history AS (
  SELECT
    s.person_id, k.household_number, k.relationship_code, k.history_number,
    coalesce(k.changed_on, k.resident_from) AS starts_on,
    s.birth_date,
    s.removed_on,
    row_number() OVER (
      PARTITION BY s.person_id, k.history_number ORDER BY k.known_from DESC, k.record_id
    ) AS place
  FROM linkage_known AS k
  JOIN linkage_spine AS s ON s.atena_number = k.atena_number
  WHERE k.resident_status IS NOT NULL AND k.household_number IS NOT NULL
),
ordered AS (
  SELECT
    *, lead(starts_on) OVER (PARTITION BY person_id ORDER BY history_number) AS next_starts_on
  FROM history
  WHERE place = 1
)
SELECT
  person_id, keyed_id('household', household_number) AS household_id, relationship_code,
  CASE
    WHEN relationship_code = '02' THEN 'head'
    WHEN relationship_code IN ('11', '12', '13', '14') THEN 'spouse'
    WHEN relationship_code = '20' THEN 'child'
    WHEN relationship_code IN ('51', '52') THEN 'parent'
    WHEN relationship_code BETWEEN '71' AND '84' AND length(relationship_code) = 2 THEN 'sibling'
    WHEN relationship_code LIKE '2020%' THEN 'grandchild'
    WHEN relationship_code IS NOT NULL THEN 'other'
  END AS role,
  -- A stay since birth must not tell the day of birth.
  CASE WHEN starts_on = birth_date THEN CAST(date_trunc('month', birth_date) AS DATE) ELSE starts_on END AS valid_from,
  CASE
    WHEN next_starts_on IS NULL THEN removed_on
    WHEN removed_on IS NULL THEN next_starts_on
    ELSE least(next_starts_on, removed_on)
  END AS valid_to
FROM ordered
