-- Activities visited in each period, and in all (period 9): events, cases, waits, work.
SELECT
    CASE WHEN grouping(c.period) = 1 THEN 9 ELSE c.period END AS period,
    e.a,
    count(*) AS events,
    count_if(e.visit = 1) AS cases,
    sum(e.waited) / count(*) / 1e6 AS waited,
    sum(CASE WHEN e.started THEN e.t1 - e.t0 END) / count_if(e.started) / 1e6 AS touched
FROM seq AS e
INNER JOIN chosen AS c USING (k)
GROUP BY GROUPING SETS ((e.a), (c.period, e.a))
