-- Which spelling each row of the register's side is: everything of it that its keys are made from.
-- Reads: weighing_left. Writes: weighing_spelling.
-- Grain: one row of weighing_left.
CREATE OR REPLACE TEMP TABLE weighing_spelling AS
SELECT
  id,
  CAST('0x' || substr(md5(concat_ws(
    chr(31), coalesce(full_name, chr(0)), coalesce(full_name_kana, chr(0)),
    coalesce(CAST(birth_date AS VARCHAR), chr(0)), coalesce(address, chr(0)), coalesce(phone, chr(0))
  )), 1, 15) AS BIGINT) AS spelling_key
FROM weighing_left
