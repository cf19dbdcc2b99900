-- One canonical file of a log; an event without case, activity or complete is none. A start after its complete is that complete.
-- A cost that is not finite, or beyond all costs there are, is none.
SELECT
    /* source */::USMALLINT AS source,
    "row",
    file_row_number AS place,
    "system"::VARCHAR AS "system",
    "case"::VARCHAR AS name,
    activity::VARCHAR AS activity,
    epoch_us(CASE WHEN "start" < complete THEN "start" ELSE complete END) AS t0,
    epoch_us(complete) AS t1,
    "start" IS NOT NULL AS started,
    resource::VARCHAR AS resource,
    role::VARCHAR AS role,
    CASE WHEN isfinite(cost) AND abs(cost) <= 1e15 THEN round(cost * 1000000)::HUGEINT END AS cost,
    site::VARCHAR AS site
FROM read_parquet([/* file */], file_row_number = TRUE)
WHERE /* event */
