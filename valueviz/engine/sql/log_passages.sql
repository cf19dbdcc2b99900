-- Walks of the edges asked for that touch a stretch of days, in the order cases leave. A site with its own go-live is
-- moved by as many whole weeks as its cases are. Parameters: first day, and the day after the last.
SELECT number, leaves, arrives, live
FROM (
    SELECT
        w.number, c.live, e.k, e.pos,
        (e.t1 - c.weeks * 604800000000) / 1e6 AS leaves,
        (e.t1 + e.took - c.weeks * 604800000000) / 1e6 AS arrives
    FROM seq AS e
    INNER JOIN wanted AS w ON w.a = e.a AND w.na = e.na
    INNER JOIN chosen AS c USING (k)
)
WHERE arrives >= epoch(?::DATE) AND leaves < epoch(?::DATE)
ORDER BY number, leaves, arrives, k, pos
