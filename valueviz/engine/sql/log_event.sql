-- The table every count is made on: one row an event.
CREATE TABLE event AS
SELECT
    s.k, s.pos, s.a, s.na, s.took, s.r, s.o, s.t0, s.t1, s.started, s.frontier,
    coalesce(g.visit, 1)::USMALLINT AS visit,
    coalesce(g.fresh, s.pos) AS fresh,
    coalesce(g.again, 0)::UTINYINT AS again,
    coalesce(g.rewalk, FALSE) AS rewalk,
    s.source, s."row"
FROM sequence AS s
LEFT JOIN again AS g USING (k, pos)
