-- Whether people of one file live together: records with a household, and the other members they have there.
-- Reads: {side}. Grain: one row.
-- Parameters: most_members (larger groups are institutions). Placeholders: {side} the rows of one file.
SELECT
  coalesce(sum(CASE WHEN members <= $most_members THEN members * (members - 1) ELSE 0 END), 0) AS mates,
  coalesce(sum(members), 0) AS people
FROM (
  SELECT count(*) AS members
  FROM {side}
  WHERE household IS NOT NULL
  GROUP BY household
) AS home
