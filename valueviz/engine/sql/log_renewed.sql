-- The cases of a new export (`fresh`) beside those of earlier exports of the same log (`current`), one row a case that
-- was known before: its events before within the days the new one covers, its events in the new one (NULL: none), and
-- whether it began within these days.
WITH covered AS (SELECT min(complete) AS first, max(complete) AS last FROM fresh),

earlier AS (
    SELECT
        current."case",
        count(*) FILTER (WHERE current.complete BETWEEN covered.first AND covered.last) AS events,
        min(current.complete) BETWEEN any_value(covered.first) AND any_value(covered.last) AS began
    FROM current
    CROSS JOIN covered
    GROUP BY current."case"
),

now AS (SELECT "case", count(*) AS events FROM fresh GROUP BY "case")

SELECT earlier."case", earlier.events, now.events, earlier.began
FROM earlier
LEFT JOIN now ON earlier."case" = now."case"
ORDER BY earlier."case"
