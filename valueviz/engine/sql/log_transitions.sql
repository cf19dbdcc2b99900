-- Every step of the chosen cases to an event with a start and a resource, from the event whose end it waited for: of
-- those that began before it the last to end. In the order of `log_busy`. Parameter: the period twice, 9 for all.
WITH sources AS (
    SELECT k, pos, a, r, t0, t1, started, max(pos) OVER (
        PARTITION BY k ORDER BY t0, t1, pos ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS from_pos
    FROM seq
)

SELECT s.k, s.pos, f.a AS source, f.r AS source_resource, s.a AS target, s.r AS target_resource
FROM sources AS s
INNER JOIN chosen AS c USING (k)
INNER JOIN seq AS f ON f.k = s.k AND f.pos = s.from_pos
WHERE s.started AND s.r IS NOT NULL AND f.r IS NOT NULL AND (? = 9 OR c.period = ?)
ORDER BY s.r, s.t0, s.t1, s.k, s.pos
