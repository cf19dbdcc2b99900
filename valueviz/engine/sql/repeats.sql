-- Rows that say the same twice, and rows that contradict each other, of metrics with one row a unit and date:
-- a metric with as many repeated dates as single ones is a list of events, unless no date has different rows and all
-- repeated ones stand equally often: a table that was pasted twice.
-- Parameter: how many lines are named.
WITH place AS (
    SELECT
        accepted.bound,
        unit_of.unit,
        accepted.date,
        count(*) AS rows,
        max(accepted."row") AS line,
        min(accepted.amount) AS amount,
        min(accepted.amount) = max(accepted.amount)
        AND count(accepted.amount) = count(*)
        AND min(accepted.volume) IS NOT DISTINCT FROM max(accepted.volume)
        AND min(accepted."end") IS NOT DISTINCT FROM max(accepted."end") AS same,
        min(accepted.amount) < max(accepted.amount) AND accepted.date = date_trunc('day', accepted.date) AS differs
    FROM accepted
    INNER JOIN unit_of USING (combination)
    GROUP BY accepted.bound, unit_of.unit, accepted.date
)

SELECT
    bound.metric,
    coalesce(sum(rows - 1) FILTER (WHERE rows > 1 AND same), 0)::BIGINT,
    min(line, $lines) FILTER (WHERE rows > 1 AND same),
    count(*) FILTER (WHERE rows > 1 AND differs),
    min(line, $lines) FILTER (WHERE rows > 1 AND differs)
FROM place
INNER JOIN bound USING (bound)
GROUP BY bound.metric
HAVING
    count(*) FILTER (WHERE rows > 1) * 2 < count(*)
    OR (
        bool_and(rows = 1 OR same)
        AND min(rows) FILTER (WHERE rows > 1) = max(rows)
        AND min(amount) < max(amount)
        AND count(*) >= 3
    )
ORDER BY bound.metric
