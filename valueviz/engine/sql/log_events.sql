-- The events of a case in order. Parameter: its name.
SELECT
    a.name, CASE WHEN e.started THEN make_timestamp(e.t0) END, make_timestamp(e.t1), r.name, o.name, e."row"
FROM seq AS e
INNER JOIN "case" AS c USING (k)
INNER JOIN activity AS a USING (a)
LEFT JOIN resource AS r ON r.r = e.r
LEFT JOIN role AS o ON o.o = e.o
WHERE c.name = ?
ORDER BY e.pos
