-- Person ids never given before, with what each was made from.
-- Reads: linkage_opened, linkage_spine, identity.person_registry. Writes: linkage_registry.
-- Grain: one person id.
CREATE OR REPLACE TEMP TABLE linkage_registry AS
WITH anchors AS (
  SELECT person_id, 'atena:' || atena_number AS anchor FROM linkage_spine
  UNION ALL
  SELECT DISTINCT person_id, 'subject:' || CAST(anchor AS VARCHAR) FROM linkage_opened
)
SELECT a.person_id, a.anchor, p.anchor AS known_anchor
FROM anchors AS a
LEFT JOIN identity.person_registry AS p ON p.person_id = a.person_id
