-- Who is listed, and until when; whoever was listed before keeps the day since which.
-- reads: cases_loading
-- writes: access_listed
-- grain: one child
INSERT INTO access_listed (person_id, purpose, listed_since, expires_on)
SELECT person_id, purpose, listed_since, expires_on FROM cases_loading
ON CONFLICT (person_id, purpose) DO UPDATE SET expires_on = EXCLUDED.expires_on
