-- Rows dated after the last day that can have been measured. Parameters: that day, how many lines are named.
SELECT metric, count(*), min("row", $lines), max(date)::DATE
FROM accepted
WHERE date >= $latest::DATE + 1
GROUP BY metric
ORDER BY metric
