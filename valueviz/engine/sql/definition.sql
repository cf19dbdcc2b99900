-- What is asked. Parameters: lists of equal length, one entry a metric.
CREATE TEMP TABLE definition AS
SELECT
    asked.number,
    CAST(asked.key AS metric_key) AS metric_asked,
    asked.formula,
    asked.aggregation,
    asked.grain
FROM (
    SELECT
        unnest(?::INTEGER []) AS number,
        unnest(?::VARCHAR []) AS key,
        unnest(?::INTEGER []) AS formula,
        unnest(?::VARCHAR []) AS aggregation,
        unnest(?::VARCHAR []) AS grain
) AS asked
