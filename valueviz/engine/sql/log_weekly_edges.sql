-- The median seconds of the edges asked for by the week in which cases start. Parameter: the fewest cases of a week.
SELECT w.number, c.week, median(e.took) / 1e6, count(*), bool_and(c.mature)
FROM seq AS e
INNER JOIN wanted AS w ON w.a = e.a AND w.na = e.na
INNER JOIN chosen AS c USING (k)
GROUP BY w.number, c.week
HAVING count(DISTINCT e.k) >= ?
ORDER BY w.number, c.week
