-- Which days of which files no longer count, because another file measures the same metric and unit then.
-- A file that gives way stands behind all files before it; any other stands before them.
-- All is decided twice where a row without a value takes a measured one back: once so, once as if it took nothing
-- back (restored), so that what was withdrawn can still be told.

-- A file states monthly figures when it is a form, or when its days are all the first, or all the last, of two or
-- more months, one row each (one such day alone may be any day). A figure stands for its whole month: against rows of
-- single days either the figure counts or the rows do.
CREATE TEMP TABLE habit AS
SELECT
    metric,
    snapshot,
    NOT bool_or(valued) AS counted,
    NOT bool_or(bool_or(valued)) OVER (PARTITION BY metric) AS counted_throughout,
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
        WHEN NOT measured AND NOT coalesce(measured_before, FALSE) THEN behind_all
        ELSE own
    END AS standing,
    CASE WHEN valued OR counted_throughout THEN own ELSE behind_all END AS standing_restored
FROM (
    SELECT
        held.*,
        habit.monthly,
        habit.counted_throughout,
        CASE WHEN habit.monthly THEN date_trunc('month', day)::DATE ELSE day END AS slot,
        valued OR counted AS measured,
        bool_or(valued OR counted) OVER (
            PARTITION BY held.metric, unit, slot ORDER BY held.snapshot
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS measured_before,
        CASE WHEN snapshot IN (FROM giving_way) THEN -snapshot ELSE snapshot END AS own,
        snapshot - 1000000 AS behind_all
    FROM held
    INNER JOIN habit USING (metric, snapshot)
);

CREATE TEMP TABLE contest AS
SELECT * EXCLUDE (standing_restored), FALSE AS restored FROM ranked
UNION ALL
SELECT * EXCLUDE (standing_restored) REPLACE (standing_restored AS standing), TRUE AS restored
FROM ranked
WHERE metric IN (SELECT metric FROM ranked WHERE standing <> standing_restored);

CREATE TEMP TABLE mixed AS
SELECT restored, metric, unit, date_trunc('month', slot)::DATE AS month, arg_max(monthly, standing) AS monthly
FROM contest
WHERE metric IN (SELECT metric FROM habit GROUP BY metric HAVING bool_or(monthly) AND NOT bool_and(monthly))
GROUP BY restored, metric, unit, month
HAVING bool_or(contest.monthly) AND NOT bool_and(contest.monthly);

CREATE TEMP TABLE behind AS
WITH kept AS (
    SELECT contest.restored, contest.metric, contest.unit, contest.slot, max(contest.standing) AS standing
    FROM contest
    LEFT JOIN mixed
        ON mixed.restored = contest.restored
        AND mixed.metric = contest.metric
        AND mixed.unit = contest.unit
        AND mixed.month = date_trunc('month', contest.slot)
    WHERE mixed.monthly IS NULL OR mixed.monthly = contest.monthly
    GROUP BY contest.restored, contest.metric, contest.unit, contest.slot
)

SELECT contest.restored, contest.metric, contest.unit, contest.day, contest.snapshot
FROM contest
ANTI JOIN kept
    ON kept.restored = contest.restored
    AND kept.metric = contest.metric
    AND kept.unit = contest.unit
    AND kept.slot = contest.slot
    AND kept.standing = contest.standing;

CREATE TEMP TABLE outdone AS SELECT * EXCLUDE (restored) FROM behind WHERE NOT restored;
CREATE TEMP TABLE restoring AS SELECT DISTINCT metric FROM contest WHERE restored;
CREATE TEMP TABLE outdone_restored AS
SELECT * EXCLUDE (restored) FROM behind WHERE restored;
