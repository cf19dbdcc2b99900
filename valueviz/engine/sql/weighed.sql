-- What one file holds of some metrics a unit and day, and a signature of the rows that does not depend on their order.
-- A site in another spelling is the one that was written first.
-- Parameters: number of the file, the file, the metrics.
SELECT
    metric,
    coalesce(one_unit.one, file.unit) AS unit,
    date::DATE AS day,
    ?::INTEGER AS snapshot,
    count(*) AS rows,
    count(value) + count("end") > 0 AS valued,
    sum(hash(value, volume, date, "end")) AS signature,
    count(value) AS amounts,
    fsum(value) AS total
FROM read_parquet(?) AS file
LEFT JOIN one_unit ON one_unit.unit = file.unit AND one_unit.site = file.site
WHERE metric IN (SELECT unnest(?::VARCHAR []))
GROUP BY metric, coalesce(one_unit.one, file.unit), day
