-- Every event with numbers for names and its place in its case, by complete, ties by row, and what came before and after
-- it. Automatic where a system did it, by the name of its resource or role; `earlier` and `earliest` are the persons
-- before it, whatever systems did in between.
-- The frontier is the latest complete among the events of the case that began before this one: a step waits from
-- there until it starts, and adds to the lead time only what lies beyond it; NULL: nothing began before it.
CREATE TEMP TABLE sequence AS
WITH coded AS (
    SELECT
        c.k, a.a, r.r, o.o,
        l.t0, l.t1, l.started, l.cost, l.source, l."row", l.place,
        coalesce(r.automatic, FALSE) OR coalesce(o.automatic, FALSE) AS automatic,
        CASE WHEN NOT (coalesce(r.automatic, FALSE) OR coalesce(o.automatic, FALSE)) THEN r.r END AS person
    FROM loaded AS l
    INNER JOIN spread AS c ON c.name = l.name
    INNER JOIN activity AS a ON a.name = l.activity
    LEFT JOIN resource AS r ON r.name = l.resource
    LEFT JOIN role AS o ON o.name = l.role
),

placed AS (
    SELECT
        *,
        (row_number() OVER w - 1)::INTEGER AS pos,
        lead(a) OVER w AS na,
        lead(t0) OVER w - t1 AS took,
        lag(a) OVER w AS pa,
        /* earlier */ AS earlier,
        /* earliest */ AS earliest,
        /* frontier */ AS frontier
    FROM coded
    WINDOW w AS (PARTITION BY k ORDER BY t1, /* file */place)
)
SELECT
    * EXCLUDE (place),
    CASE WHEN frontier < t0 THEN t0 - frontier ELSE 0 END AS waited,
    CASE WHEN frontier IS NULL THEN t1 - t0 WHEN frontier < t1 THEN t1 - greatest(frontier, t0) ELSE 0 END AS worked
FROM placed
