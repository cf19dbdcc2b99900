-- Which days of which files no longer count, because another file measures the same metric and unit then.
-- A file that gives way stands behind all files before it; any other stands before them.

-- A file states monthly figures when it is a form, or when its days are all the first, or all the last, of two or
-- more months, one row each (one such day alone may be any day). A figure stands for its whole month: against rows of
-- single days either the figure counts or the rows do.
CREATE TEMP TABLE habit AS
SELECT
    metric,
    snapshot,
    NOT bool_or(valued) AS counted,
    snapshot IN (FROM stating_months)
    OR (
        max(rows) = 1
        AND min(date_trunc('month', day)) < max(date_trunc('month', day))
        AND (bool_and(day(day) = 1) OR bool_and(day = last_day(day)))
    ) AS monthly
FROM held
GROUP BY metric, snapshot;

CREATE TEMP TABLE ranked AS
SELECT
    metric,
    unit,
    day,
    slot,
    snapshot,
    monthly,
    CASE
        -- nothing measured, and nothing before it that it could take back
        WHEN NOT measured AND NOT coalesce(measured_before, FALSE) THEN snapshot - 1000000
        WHEN snapshot IN (FROM giving_way) THEN -snapshot
        ELSE snapshot
    END AS standing
FROM (
    SELECT
        held.*,
        habit.monthly,
        CASE WHEN habit.monthly THEN date_trunc('month', day)::DATE ELSE day END AS slot,
        valued OR counted AS measured,
        bool_or(valued OR counted) OVER (
            PARTITION BY held.metric, unit, slot ORDER BY held.snapshot
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS measured_before
    FROM held
    INNER JOIN habit USING (metric, snapshot)
);

CREATE TEMP TABLE mixed AS
SELECT metric, unit, date_trunc('month', slot)::DATE AS month, arg_max(monthly, standing) AS monthly
FROM ranked
WHERE metric IN (SELECT metric FROM habit GROUP BY metric HAVING bool_or(monthly) AND NOT bool_and(monthly))
GROUP BY metric, unit, month
HAVING bool_or(ranked.monthly) AND NOT bool_and(ranked.monthly);

CREATE TEMP TABLE outdone AS
WITH kept AS (
    SELECT ranked.metric, ranked.unit, ranked.slot, max(ranked.standing) AS standing
    FROM ranked
    LEFT JOIN mixed
        ON mixed.metric = ranked.metric
        AND mixed.unit = ranked.unit
        AND mixed.month = date_trunc('month', ranked.slot)
    WHERE mixed.monthly IS NULL OR mixed.monthly = ranked.monthly
    GROUP BY ranked.metric, ranked.unit, ranked.slot
)

SELECT ranked.metric, ranked.unit, ranked.day, ranked.snapshot
FROM ranked
ANTI JOIN kept
    ON kept.metric = ranked.metric
    AND kept.unit = ranked.unit
    AND kept.slot = ranked.slot
    AND kept.standing = ranked.standing;
