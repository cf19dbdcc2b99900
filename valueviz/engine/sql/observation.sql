-- Metrics and units become enumerations: comparing and grouping them is then comparing small integers.
CREATE TYPE metric_key AS ENUM (SELECT '' AS key UNION SELECT metric FROM loaded ORDER BY key);
CREATE TYPE unit_key AS ENUM (SELECT '{}' AS key UNION SELECT unit FROM loaded ORDER BY key);

CREATE TABLE observation AS
SELECT
    loaded.* REPLACE (loaded.metric::metric_key AS metric, loaded.unit::unit_key AS unit),
    outdone.snapshot IS NULL AS counts,
    CASE WHEN loaded.metric IN (FROM restoring) THEN outdone_restored.snapshot IS NULL ELSE counts END AS counts_restored
FROM loaded
LEFT JOIN outdone
    ON outdone.metric = loaded.metric
    AND outdone.unit = loaded.unit
    AND outdone.day = loaded.date::DATE
    AND outdone.snapshot = loaded.snapshot
LEFT JOIN outdone_restored
    ON outdone_restored.metric = loaded.metric
    AND outdone_restored.unit = loaded.unit
    AND outdone_restored.day = loaded.date::DATE
    AND outdone_restored.snapshot = loaded.snapshot;
