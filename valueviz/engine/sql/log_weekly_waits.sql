-- The median wait before some activities by the week in which cases start; events that open their case wait for nothing.
-- Parameters: the activities, the fewest cases of a week.
SELECT e.a, c.week, median(e.waited) / 1e6, count(*), bool_and(c.mature)
FROM seq AS e
INNER JOIN chosen AS c USING (k)
WHERE e.frontier IS NOT NULL AND e.a IN (SELECT unnest(?::INTEGER []))
GROUP BY e.a, c.week
HAVING count(DISTINCT e.k) >= ?
ORDER BY e.a, c.week
