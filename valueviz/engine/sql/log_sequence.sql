-- Every event with numbers for names and its place in its case, by complete, ties by row, and what came before and after
-- it. Automatic where a system did it, by the name of its resource or role; `earlier` and `earliest` are the persons
-- before it, whatever systems did in between. Columns that are the same in all events are not carried along here.
-- The frontier is the latest complete among the events of the case that began before this one: a step waits from
-- there until it starts, and adds to the lead time only what lies beyond it; NULL: nothing began before it.
CREATE TEMP TABLE placed AS
WITH coded AS (
    SELECT c.k, a.a, r.r, l.t1, l."row", l.place /* carried */
    FROM loaded AS l
    INNER JOIN spread AS c ON c.name = l.name
    INNER JOIN activity AS a ON a.name = l.activity
    LEFT JOIN resource AS r ON r.name = l.resource
    LEFT JOIN role AS o ON o.name = l.role
)
SELECT
    * EXCLUDE (place),
    (row_number() OVER w - 1)::INTEGER AS pos,
    lead(a) OVER w AS na,
    lead(/* begins */) OVER w - t1 AS took,
    lag(a) OVER w AS pa,
    /* earlier */ AS earlier,
    /* earliest */ AS earliest,
    /* frontier */ AS frontier
FROM coded
WINDOW w AS (PARTITION BY k ORDER BY t1, /* file */place)
