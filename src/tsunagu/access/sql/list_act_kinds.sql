-- Which acts occurred in some days.
-- reads: audit_row
-- grain: one kind of act
-- parameters: $since, $until (moments; the upper bound exclusive)
SELECT act, COUNT(*) FROM audit_row WHERE at >= $since AND at < $until GROUP BY act ORDER BY act
