-- Every walk of the edges asked for by the cases of the two periods.
SELECT w.number, c.period, e.took
FROM seq AS e
INNER JOIN wanted AS w ON w.a = e.a AND w.na = e.na
INNER JOIN chosen AS c USING (k)
WHERE c.period >= 0
