-- Edges walked in each period, and in all (period 9): walks, cases, time. The gate's edges take no time.
WITH walks AS (
    SELECT c.period, e.a AS source, e.na AS target, e.took, e.rewalk
    FROM seq AS e INNER JOIN chosen AS c USING (k)
    WHERE e.na IS NOT NULL
    UNION ALL
    SELECT c.period, NULL, e.a, 0, FALSE FROM seq AS e INNER JOIN chosen AS c USING (k) WHERE e.pos = 0
    UNION ALL
    SELECT c.period, e.a, NULL, 0, FALSE FROM seq AS e INNER JOIN chosen AS c USING (k) WHERE e.na IS NULL
)

SELECT
    CASE WHEN grouping(w.period) = 1 THEN 9 ELSE w.period END AS period,
    coalesce(s.name, '') AS source,
    coalesce(t.name, '') AS target,
    count(*) AS walks,
    count(*) - count_if(w.rewalk) AS cases,
    median(w.took) / 1e6 AS median,
    sum(w.took) / count(*) / 1e6 AS mean
FROM walks AS w
LEFT JOIN activity AS s ON s.a = w.source
LEFT JOIN activity AS t ON t.a = w.target
GROUP BY GROUPING SETS ((s.name, t.name), (w.period, s.name, t.name))
