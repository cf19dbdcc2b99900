-- The snapshots that contributed to each metric.
SELECT cell.number, list(DISTINCT snapshot.digest ORDER BY snapshot.digest)
FROM cell
INNER JOIN chosen USING (number, unit, period)
INNER JOIN snapshot ON snapshot.number = cell.snapshot
GROUP BY cell.number
ORDER BY cell.number
