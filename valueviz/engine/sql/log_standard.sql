-- The variants most cases took in each period, and in all (period 9), by number where equally many did.
CREATE TEMP TABLE standard AS
SELECT period, v
FROM (
    SELECT
        CASE WHEN grouping(period) = 1 THEN 9 ELSE period END AS period,
        v,
        row_number() OVER (PARTITION BY grouping(period), period ORDER BY count(*) DESC, v) AS number
    FROM chosen
    GROUP BY GROUPING SETS ((v), (period, v))
)
WHERE number <= ?
