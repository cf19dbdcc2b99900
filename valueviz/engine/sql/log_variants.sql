-- The ways most chosen cases took; equally many in the order of their activities. Parameter: how many.
WITH taken AS (
    SELECT v, count(*) AS overall, count_if(period = 0) AS before, count_if(period = 1) AS after
    FROM chosen
    GROUP BY v
    ORDER BY overall DESC, v
    LIMIT ?
)

SELECT p.fingerprint, p.activities, t.overall, t.before, t.after
FROM taken AS t
INNER JOIN printed AS p USING (v)
ORDER BY t.overall DESC, t.v
