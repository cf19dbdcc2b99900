SELECT
    number,
    period,
    sum(rows)::BIGINT,
    sum(amounts)::BIGINT,
    sum(weighed)::BIGINT,
    sum(total),
    sum(weight),
    sum(weighted),
    min(first_instrument),
    max(last_instrument),
    min(first_version),
    max(last_version)
FROM cell
INNER JOIN chosen USING (number, unit, period)
GROUP BY number, period
ORDER BY number, period
