-- The months of each metric in a snapshot. Parameter: its file.
SELECT metric, list(DISTINCT strftime(month, '%Y-%m'))
FROM (SELECT DISTINCT metric, date_trunc('month', date) AS month FROM read_parquet(?))
GROUP BY metric
ORDER BY metric
