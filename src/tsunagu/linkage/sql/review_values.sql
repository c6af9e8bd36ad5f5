-- What both sides of pairs say, for whoever decides.
-- Reads: review_shown (subject_id, person_id), identity.record, identity.link. Writes: nothing.
-- Grain: one pair; the latest each side said. Only for whoever may see names.
WITH said AS (
  SELECT
    subject_id, name, kana, birth_date, sex, address, phone_folded, guardian_name_folded,
    row_number() OVER (
      PARTITION BY subject_id ORDER BY history_number DESC, known_from DESC, is_latest DESC, record_id
    ) AS place
  FROM identity.record
),
latest AS (
  SELECT * FROM said WHERE place = 1
),
register AS (
  SELECT person_id, min(subject_id) AS subject_id FROM identity.link WHERE rule = 'register' GROUP BY person_id
)
SELECT
  p.subject_id, p.person_id, r.name, r.kana, CAST(r.birth_date AS VARCHAR), r.sex, r.address, r.phone_folded,
  r.guardian_name_folded, x.name, x.kana, CAST(x.birth_date AS VARCHAR), x.sex, x.address
FROM review_shown AS p
JOIN latest AS r ON r.subject_id = p.subject_id
JOIN register AS g ON g.person_id = p.person_id
JOIN latest AS x ON x.subject_id = g.subject_id
