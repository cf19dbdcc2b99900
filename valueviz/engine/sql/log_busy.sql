-- Every event of a known resource with a start, and since when it was possible: by resource, in order of start.
-- What opens its case was possible when it began. `ready` is when the last member of its batch was possible: events of
-- one resource and activity without a pause between them, of those that were possible when the first began, two or more.
WITH possible AS (
    SELECT k, pos, a, r, t0, t1, frontier, CASE WHEN frontier < t0 THEN frontier ELSE t0 END AS enabled
    FROM seq
    WHERE started AND r IS NOT NULL
),

reached AS (
    SELECT *, max(t1) OVER (
        PARTITION BY r, a ORDER BY t0, t1, k, pos ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS reach
    FROM possible
),

runs AS (
    SELECT *, sum(CASE WHEN reach IS NULL OR t0 > reach + $pause THEN 1 ELSE 0 END) OVER (
        PARTITION BY r, a ORDER BY t0, t1, k, pos
    ) AS run
    FROM reached
),

begun AS (
    SELECT *, frontier IS NOT NULL AND enabled <= min(t0) OVER (PARTITION BY r, a, run) AS member FROM runs
)

SELECT
    k, pos, r, t0, t1, enabled,
    CASE
        WHEN member AND count_if(member) OVER batch > 1 THEN max(CASE WHEN member THEN enabled END) OVER batch
    END AS ready
FROM begun
WINDOW batch AS (PARTITION BY r, a, run)
ORDER BY r, t0, t1, k, pos
