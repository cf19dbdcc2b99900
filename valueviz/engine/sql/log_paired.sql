-- Rows that mark a start joined with the completion of the same run, first in first out; lone ones stay events.
CREATE OR REPLACE TABLE paired AS
WITH marked AS (
    SELECT *, sum(CASE WHEN begins THEN 1 ELSE -1 END) OVER run AS balance
    FROM (SELECT *, /* begins */ AS begins FROM /* source */)
    WINDOW run AS (PARTITION BY "case", activity, instance ORDER BY complete, "row", ord ROWS UNBOUNDED PRECEDING)
),
counted AS (
    SELECT
        *,
        count_if(begins) OVER run AS starts,
        count_if(NOT begins) OVER run AS ends,
        greatest(0, -min(balance) OVER run) AS unmet
    FROM marked
    WINDOW run AS (PARTITION BY "case", activity, instance ORDER BY complete, "row", ord ROWS UNBOUNDED PRECEDING)
),
told AS (
    SELECT
        *,
        NOT begins AND unmet > coalesce(lag(unmet) OVER run, 0) AS lonely,
        max(CASE WHEN NOT begins THEN ends - unmet ELSE 0 END) OVER whole AS met
    FROM counted
    WINDOW
        run AS (PARTITION BY "case", activity, instance ORDER BY complete, "row", ord),
        whole AS (PARTITION BY "case", activity, instance)
),
begun AS (
    SELECT "case" AS k, activity AS a, instance AS i, starts AS number, complete AS moment, resource AS who, role AS post
    FROM told
    WHERE begins AND starts <= met
)
SELECT
    told.* EXCLUDE (start, resource, role, lone_start, balance, starts, ends, unmet, lonely, begins, met),
    coalesce(told.start, begun.moment) AS start,
    coalesce(told.resource, begun.who) AS resource,
    coalesce(told.role, begun.post) AS role,
    FALSE AS lone_start
FROM told
LEFT JOIN begun
    ON NOT told.lonely
    AND begun.k = told."case"
    AND begun.a = told.activity
    AND begun.i IS NOT DISTINCT FROM told.instance
    AND begun.number = told.ends - told.unmet
WHERE NOT told.begins
UNION ALL BY NAME
SELECT
    * EXCLUDE (start, lone_start, balance, starts, ends, unmet, lonely, begins, met),
    NULL::TIMESTAMP AS start,
    TRUE AS lone_start
FROM told
WHERE begins AND starts > met
