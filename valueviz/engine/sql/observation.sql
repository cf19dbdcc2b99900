-- Metrics and units become enumerations: comparing and grouping them is then comparing small integers.
CREATE TYPE metric_key AS ENUM (SELECT '' AS key UNION SELECT metric FROM loaded ORDER BY key);
CREATE TYPE unit_key AS ENUM (SELECT '{}' AS key UNION SELECT unit FROM loaded ORDER BY key);

-- Only metrics that several snapshots hold can have rows that no longer count.
CREATE TEMP TABLE newest AS
SELECT metric, unit, date::DATE AS day, max(snapshot) AS snapshot
FROM loaded
WHERE metric IN (SELECT metric FROM loaded GROUP BY metric HAVING min(snapshot) < max(snapshot))
GROUP BY metric, unit, day;

CREATE TABLE observation AS
SELECT
    loaded.* REPLACE (loaded.metric::metric_key AS metric, loaded.unit::unit_key AS unit),
    loaded.snapshot = coalesce(newest.snapshot, loaded.snapshot) AS counts
FROM loaded
LEFT JOIN newest
    ON newest.metric = loaded.metric AND newest.unit = loaded.unit AND newest.day = loaded.date::DATE;
