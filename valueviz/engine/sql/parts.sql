-- What each unit of a cohort contributes, of some metrics. Parameter: their numbers.
SELECT
    number,
    unit::BIGINT,
    period,
    sum(rows)::BIGINT,
    sum(amounts)::BIGINT,
    sum(weighed)::BIGINT,
    sum(total),
    sum(weight),
    sum(weighted)
FROM cell
INNER JOIN chosen USING (number, unit, period)
WHERE number IN (SELECT unnest(?::INTEGER []))
GROUP BY number, unit, period
ORDER BY number, unit, period
