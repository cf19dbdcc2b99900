-- The first observations as a person would check them. Parameter: how many.
SELECT accepted."row", accepted.metric, accepted.date, accepted.amount, combination.unit
FROM accepted
INNER JOIN combination USING (combination)
ORDER BY accepted."row", accepted.cell
LIMIT ?
