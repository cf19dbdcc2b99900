-- One row a case: its name, times in microseconds, counts, and which variant it is.
CREATE TABLE "case" AS
SELECT
    c.* EXCLUDE (print),
    s.name,
    v.v,
    coalesce(b.backwards, 0)::INTEGER AS backwards,
    s.site
FROM counted AS c
INNER JOIN spread AS s USING (k)
INNER JOIN variant AS v USING (print)
LEFT JOIN (
    SELECT e.k, count(*) AS backwards
    FROM event AS e
    INNER JOIN place AS f ON f.a = e.a
    INNER JOIN place AS t ON t.a = e.na
    WHERE t.rank < f.rank
    GROUP BY e.k
) AS b USING (k)
