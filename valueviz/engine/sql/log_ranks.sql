-- The activities of the chosen cases in order of the mean place of their first visit among the first visits of a case, and
-- the role that does each most.
WITH places AS (
    SELECT
        e.a,
        sum(CASE WHEN c.activities > 1 THEN e.fresh::BIGINT * 1073741824 // (c.activities - 1) ELSE 536870912 END)
        / count(*) AS place
    FROM event AS e
    INNER JOIN chosen AS c USING (k)
    WHERE e.visit = 1
    GROUP BY e.a
),

roles AS (
    SELECT e.a, r.name, row_number() OVER (PARTITION BY e.a ORDER BY count(*) DESC, r.name) AS number
    FROM event AS e INNER JOIN chosen AS c USING (k) INNER JOIN role AS r USING (o)
    GROUP BY e.a, r.name
)

SELECT p.a, n.name, r.name
FROM places AS p
INNER JOIN activity AS n USING (a)
LEFT JOIN roles AS r ON r.a = p.a AND r.number = 1
ORDER BY p.place, p.a
