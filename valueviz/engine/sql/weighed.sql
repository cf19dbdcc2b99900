-- What one file holds of some metrics a unit and day, and a signature of the rows that does not depend on their order.
-- Parameters: number of the file, the file, the metrics.
SELECT
    metric,
    unit,
    date::DATE AS day,
    ?::INTEGER AS snapshot,
    count(*) AS rows,
    count(value) + count("end") > 0 AS valued,
    sum(hash(value, volume, date, "end")) AS signature,
    count(value) AS amounts,
    fsum(value) AS total
FROM read_parquet(?)
WHERE metric IN (SELECT unnest(?::VARCHAR []))
GROUP BY metric, unit, day
