SELECT number, period, median(amount)
FROM reading
INNER JOIN chosen USING (number, unit, period)
WHERE aggregation = 'median'
GROUP BY number, period
ORDER BY number, period
