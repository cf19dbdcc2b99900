-- How often rows differ about the same metric, unit and date, where the file otherwise has one row for each:
-- a metric with as many repeated dates as single ones is a list of events, and so is a date with a time of day.
SELECT coalesce(sum(differing), 0)::BIGINT
FROM (
    SELECT count(*) FILTER (WHERE rows > 1 AND low < high AND date = date_trunc('day', date)) AS differing
    FROM (
        SELECT
            accepted.metric,
            combination.unit,
            accepted.date,
            count(*) AS rows,
            min(accepted.amount) AS low,
            max(accepted.amount) AS high
        FROM accepted
        INNER JOIN combination USING (combination)
        GROUP BY accepted.metric, combination.unit, accepted.date
    )
    GROUP BY metric
    HAVING count(*) FILTER (WHERE rows > 1) * 2 < count(*)
)
