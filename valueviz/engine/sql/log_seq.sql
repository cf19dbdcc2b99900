-- The events with what each waited from the frontier to its start, and worked beyond the frontier.
CREATE VIEW seq AS
SELECT
    *,
    CASE WHEN frontier < t0 THEN t0 - frontier ELSE 0 END AS waited,
    CASE WHEN frontier IS NULL THEN t1 - t0 WHEN frontier < t1 THEN t1 - greatest(frontier, t0) ELSE 0 END AS worked
FROM event
