-- Where the new file measures what counts of the files before it: a row a metric, unit and day, or a month where one
-- side states a monthly figure and the other single days. The same rows are the same in any order.
-- Parameter: the metrics whose values are added up; the mean is shown of any other.
CREATE TEMP TABLE compared AS
WITH before AS (
    SELECT
        held.* EXCLUDE (day),
        habit.monthly,
        date_trunc('month', day)::DATE AS month,
        CASE WHEN habit.monthly THEN month ELSE day END AS slot
    FROM held
    INNER JOIN habit USING (metric, snapshot)
    ANTI JOIN outdone USING (metric, unit, day, snapshot)
    WHERE valued OR counted
),

new AS (
    SELECT
        fresh.*,
        every.monthly,
        date_trunc('month', day)::DATE AS month,
        CASE WHEN every.monthly THEN month ELSE day END AS slot
    FROM fresh
    INNER JOIN (
        SELECT
            metric,
            max(snapshot) IN (FROM stating_months)
            OR (
                max(rows) = 1
                AND min(date_trunc('month', day)) < max(date_trunc('month', day))
                AND (bool_and(day(day) = 1) OR bool_and(day = last_day(day)))
            ) AS monthly
        FROM fresh
        GROUP BY metric
    ) AS every USING (metric)
),

pairs AS (
    SELECT
        new.metric,
        new.unit,
        new.day,
        before.snapshot,
        before.rows AS earlier_rows,
        before.signature AS earlier_signature,
        before.total AS earlier_total,
        before.amounts AS earlier_amounts,
        new.rows,
        new.signature,
        new.total,
        new.amounts,
        TRUE AS alike,
        new.monthly
    FROM new
    INNER JOIN before
        ON before.metric = new.metric
        AND before.unit = new.unit
        AND before.slot = new.slot
        AND before.monthly = new.monthly
    UNION ALL
    -- a monthly figure against single days, or the other way round: both sides become one number a month
    SELECT
        new.metric,
        new.unit,
        new.month,
        before.snapshot,
        before.rows,
        0,
        before.total,
        before.amounts,
        new.rows,
        1,
        new.total,
        new.amounts,
        FALSE,
        TRUE
    FROM (
        SELECT metric, unit, month, monthly, sum(rows) AS rows, fsum(total) AS total, sum(amounts) AS amounts
        FROM new
        GROUP BY metric, unit, month, monthly
    ) AS new
    INNER JOIN (
        SELECT
            metric, unit, month, monthly, max(snapshot) AS snapshot, sum(rows) AS rows, fsum(total) AS total,
            sum(amounts) AS amounts
        FROM before
        GROUP BY metric, unit, month, monthly
    ) AS before
        ON before.metric = new.metric
        AND before.unit = new.unit
        AND before.month = new.month
        AND before.monthly <> new.monthly
)

SELECT
    metric,
    unit,
    day,
    snapshot,
    monthly,
    CASE WHEN added THEN earlier_total ELSE earlier_total / nullif(earlier_amounts, 0) END AS earlier,
    CASE WHEN added THEN total ELSE total / nullif(amounts, 0) END AS newer,
    CASE
        WHEN alike THEN earlier_rows = rows AND earlier_signature = signature
        ELSE coalesce(earlier = newer, FALSE)
    END AS same,
    coalesce(earlier = newer, FALSE) AS level,
    -- 10, 100, 1,000 or 10,000 where one value is about so many times the other: perhaps it is in another unit
    CASE WHEN sign(earlier) = sign(newer) AND earlier <> 0 THEN abs(log10(newer / earlier)) END AS power,
    CASE WHEN round(power) BETWEEN 1 AND 4 AND abs(power - round(power)) < 0.08 THEN pow(10, round(power))::INTEGER END AS times
FROM (SELECT *, metric IN (SELECT unnest(?::VARCHAR [])) AS added FROM pairs)
