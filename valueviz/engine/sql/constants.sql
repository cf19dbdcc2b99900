-- Metrics all of whose values are the same. Parameter: least rows.
SELECT bound.metric, min(usual.lowest), sum(usual.rows)::BIGINT
FROM usual
INNER JOIN bound USING (bound)
GROUP BY bound.metric
HAVING min(usual.lowest) = max(usual.highest) AND sum(usual.rows) >= $least
ORDER BY bound.metric
