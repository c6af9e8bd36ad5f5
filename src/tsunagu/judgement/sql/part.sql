-- How every item, red flag and protective fact stands for every judged child.
-- Reads: judgement_judged, judgement_condition, runs_indicator_value. Writes: judgement_part_result.
-- Grain: one judged child and part that has conditions. Truth: 0 not met, 1 undecided, 2 met.
-- A missing value is undecided. `chosen` is the condition that decides: the heaviest met one, else the heaviest
-- undecided one, else any; of equals the first.
CREATE OR REPLACE TEMP TABLE judgement_part_result AS
WITH checked AS (
  SELECT
    j.person_id, c.part_no, c.condition_no, c.points, c.weight,
    CASE
      WHEN c.is_blocked OR v.state IS NULL OR v.state = 'unknown' THEN 1
      WHEN c.comparison = 'is_nothing' THEN CASE WHEN v.state = 'nothing' THEN 2 ELSE 0 END
      WHEN v.state = 'nothing' AND c.is_measurement THEN 1
      WHEN c.comparison = 'shows' THEN 2
      WHEN v.state = 'nothing' THEN 0
      WHEN c.comparison = 'is_one_of' THEN
        CASE
          WHEN v.text_value IS NULL THEN 1
          WHEN position(chr(31) || v.text_value || chr(31) IN c.words) > 0 THEN 2
          ELSE 0
        END
      WHEN v.value IS NULL THEN 1
      WHEN c.comparison = 'at_least' THEN
        CASE WHEN v.value >= c.threshold THEN 2 WHEN v.is_lower_bound AND c.may_grow THEN 1 ELSE 0 END
      WHEN v.value <= c.threshold THEN CASE WHEN v.is_lower_bound AND c.may_grow THEN 1 ELSE 2 END
      ELSE 0
    END AS truth
  FROM judgement_judged AS j
  JOIN judgement_condition AS c ON c.pack_no = j.pack_no
  LEFT JOIN runs_indicator_value AS v ON v.person_id = j.person_id AND v.indicator = c.indicator
)
SELECT
  person_id,
  part_no,
  max(CASE WHEN truth = 2 THEN points ELSE 0 END) AS points,
  max(CASE WHEN truth = 1 THEN weight ELSE 0 END) AS undecided_weight,
  min(truth) AS least_truth,
  max_by(condition_no, truth * 10000000 + weight * 1000000 - condition_no) AS chosen
FROM checked
GROUP BY person_id, part_no
