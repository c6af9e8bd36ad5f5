-- The emergency opening under which whoever acts reads now: of one child, or the latest of any.
-- reads: the session's context, access_breaking, access_breakingentry
-- grain: at most one opening
-- parameters: $person_id (null: of any child)
SELECT o.id::text FROM access_breaking AS o
WHERE o.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
    AND o.purpose = current_setting('tsunagu.purpose', true)
    AND o.ends_at > statement_timestamp()
    AND ($person_id::bigint IS NULL OR o.person_id = $person_id::bigint)
    AND NOT EXISTS (
        SELECT 1 FROM access_breakingentry AS e WHERE e.breaking_id = o.id AND e.kind IN ('ended', 'improper')
    )
ORDER BY o.begins_at DESC, o.id
LIMIT 1
