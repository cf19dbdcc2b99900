-- One cell a metric, unit, period and snapshot. Its sums are sums of integers, numbers times a power of two:
-- they do not depend on the order of the rows, so not on threads either. A row without a value says nothing about
-- how its period was measured: beside the row of a former way of measuring stands an empty one of the next.
CREATE TEMP TABLE cell AS
SELECT
    number,
    unit,
    period,
    snapshot,
    count(*) AS rows,
    count(amount) AS amounts,
    count(amount * volume) AS weighed,
    sum(CAST(amount * amount_scale AS HUGEINT)) AS total,
    sum(CAST(volume * volume_scale AS HUGEINT)) FILTER (WHERE amount IS NOT NULL) AS weight,
    sum(CAST(amount * volume * product_scale AS HUGEINT)) AS weighted,
    min(day) AS first_day,
    max(day) AS last_day,
    min(instrument) FILTER (WHERE said) AS first_instrument,
    max(instrument) FILTER (WHERE said) AS last_instrument,
    min(definition_version) FILTER (WHERE said) AS first_version,
    max(definition_version) FILTER (WHERE said) AS last_version
FROM reading
INNER JOIN scale USING (number)
GROUP BY number, unit, period, snapshot
