-- The systems the chosen cases occur in, and how many cases of each occur in no other.
SELECT "system", count_if(systems = 1)
FROM (
    SELECT o."system", count(*) OVER (PARTITION BY o.k) AS systems
    FROM origin AS o
    SEMI JOIN chosen USING (k)
)
GROUP BY "system"
ORDER BY "system"
