-- Cases with a lead time, by it; the name settles ties. Parameters: those of the edge, how many.
WITH picked AS (
    SELECT c.k, d.name, d.first, c.lead, c.events, c.period, c.v
    FROM chosen AS c
    INNER JOIN "case" AS d USING (k)
    /* walked */
    WHERE c.lead IS NOT NULL
    ORDER BY c.lead /* direction */, d.name
    LIMIT ?
)

SELECT c.k, c.name, make_timestamp(c.first), c.lead, c.events, c.period, p.fingerprint
FROM picked AS c
INNER JOIN printed AS p USING (v)
ORDER BY c.lead /* direction */, c.name
