-- The placed events with the columns that are the same in all of them, what each waited and what it worked.
CREATE TEMP VIEW sequence AS
SELECT
    *,
    CASE WHEN frontier < t0 THEN t0 - frontier ELSE 0 END AS waited,
    CASE WHEN frontier IS NULL THEN t1 - t0 WHEN frontier < t1 THEN t1 - greatest(frontier, t0) ELSE 0 END AS worked
FROM (SELECT * /* same */ FROM placed)
