-- The metrics as observations are judged. Parameters: keys, minima, maxima, in pairs.
CREATE OR REPLACE TABLE bound AS
SELECT (row_number() OVER () - 1)::INTEGER AS bound, *
FROM (
    SELECT
        unnest(?::VARCHAR []) AS metric,
        unnest(?::DOUBLE []) AS minimum,
        unnest(?::DOUBLE []) AS maximum
)
