CREATE TABLE site AS
SELECT DISTINCT site FROM observation WHERE counts AND site IS NOT NULL;

-- Two days of a unit share a period exactly when two neighbouring days do.
CREATE TABLE summary AS
WITH dated AS (
    SELECT metric, unit, date::DATE AS day, count(*) AS rows
    FROM observation
    WHERE counts
    GROUP BY metric, unit, day
),

neighbours AS (
    SELECT metric, day, rows, lag(day) OVER (PARTITION BY metric, unit ORDER BY day) AS before FROM dated
),

shapes AS (
    SELECT
        metric,
        sum(rows)::BIGINT AS rows,
        min(day) AS first_day,
        max(day) AS last_day,
        max(rows) = 1
        -- dates that stand for whole periods: always the first or last day of a month, or one day of the week
        OR bool_and(day(day) = 1) OR bool_and(day = last_day(day)) OR min(isodow(day)) = max(isodow(day)) AS periodic,
        CASE
            WHEN count(before) = 0 THEN NULL
            WHEN NOT bool_or(year(day) = year(before)) THEN 'year'
            WHEN NOT bool_or(date_trunc('quarter', day) = date_trunc('quarter', before)) THEN 'quarter'
            WHEN NOT bool_or(date_trunc('month', day) = date_trunc('month', before)) THEN 'month'
            WHEN NOT bool_or(date_trunc('week', day) = date_trunc('week', before)) THEN 'week'
            ELSE 'day'
        END AS grain
    FROM neighbours
    GROUP BY metric
),

-- Nine of ten pauses between two days with rows are at most this long (weekends are pauses, too).
pauses AS (
    SELECT metric, quantile_disc(day - before, 0.9) AS pause
    FROM (
        SELECT metric, day, lag(day) OVER (PARTITION BY metric ORDER BY day) AS before
        FROM (SELECT DISTINCT metric, day FROM dated)
    )
    GROUP BY metric
)

SELECT shapes.*, coalesce(pauses.pause, 1) AS pause
FROM shapes
INNER JOIN pauses USING (metric);

-- Metrics whose rows were pasted twice: all but a tenth at either end stand equally often. That the rows of
-- nine of ten days can be divided is seen first: of events they seldom can, and their rows need not be compared.
CREATE TABLE pasted AS
WITH crowded AS (
    SELECT metric, snapshot
    FROM (
        SELECT metric, unit, date::DATE AS day, min(snapshot) AS snapshot, count(*) AS rows
        FROM observation
        WHERE counts AND value IS NOT NULL
        GROUP BY metric, unit, day
    )
    GROUP BY metric, snapshot
    HAVING
        count(*) FILTER (WHERE rows % 2 = 0) >= 0.9 * count(*)
        OR count(*) FILTER (WHERE rows % 3 = 0) >= 0.9 * count(*)
),

content AS (
    SELECT metric, snapshot, count(*) AS times, min(value) AS value
    FROM observation
    SEMI JOIN crowded USING (metric, snapshot)
    WHERE counts AND value IS NOT NULL
    GROUP BY metric, snapshot, unit, date, "end", value, volume
)

SELECT metric, max(times) AS times
FROM (
    SELECT metric, quantile_disc(times, 0.1) AS times, quantile_disc(times, 0.9) AS most
    FROM content
    GROUP BY metric, snapshot
    HAVING min(value) < max(value) AND count(*) >= 3
)
WHERE times > 1 AND times = most
GROUP BY metric;
