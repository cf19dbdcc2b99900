-- The events that count of several exports of one log (the table `part`, numbered from the oldest): of a case that a
-- newer export holds, an older one counts only outside the days the newer one covers.
CREATE TEMP TABLE current AS
WITH span AS (SELECT part.number, min(part.complete) AS first, max(part.complete) AS last FROM part GROUP BY part.number),

held AS (SELECT DISTINCT part.number, part."case" FROM part)

SELECT part.*
FROM part
WHERE
    NOT EXISTS (
        SELECT 1
        FROM held
        INNER JOIN span ON held.number = span.number
        WHERE
            held."case" = part."case"
            AND held.number > part.number
            AND part.complete BETWEEN span.first AND span.last
    )
