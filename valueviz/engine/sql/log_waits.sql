-- Every event of one activity, in the order it was worked on. Parameter: the activity.
SELECT
    e.frontier AS enabled, e.t0 AS started, e.t1 AS completed, e.r AS resource, p.r AS previous, e.visit, c.period, e.k
FROM seq AS e
INNER JOIN chosen AS c USING (k)
LEFT JOIN event AS p ON p.k = e.k AND p.pos = e.pos - 1
WHERE e.a = ?
ORDER BY e.t0, e.t1, e.k, e.pos
