-- Of an emergency opening they see: whoever opened it says that it is over, or explains; another person, by a role of the
-- day that looks into them, asks or judges. That it is another is a constraint of the table as well.
-- reads: the session's context, access_breaking (by its own policies), access_roleassignment, access_roleright
-- writes: the table's policies
-- grain: one policy
CREATE POLICY say_of_breaking ON access_breakingentry FOR INSERT WITH CHECK (
    staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
    AND at >= transaction_timestamp() AND at <= clock_timestamp()
    AND EXISTS (
        SELECT 1 FROM access_breaking AS o
        WHERE o.id = access_breakingentry.breaking_id AND o.staff_id = access_breakingentry.opened_by_id
    )
    AND (
        (kind IN ('ended', 'explained') AND opened_by_id = staff_id)
        OR (kind IN ('asked', 'proper', 'improper') AND opened_by_id <> staff_id AND EXISTS (
            SELECT 1 FROM access_roleassignment AS a
            JOIN access_roleright AS r ON r.role = a.role AND r.permission = 'review_breaking'
            WHERE a.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
                AND a.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
                AND (a.valid_to IS NULL OR a.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
        ))
    )
)
