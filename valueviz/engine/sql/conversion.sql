-- How many of a metric's own unit another unit is. Parameters: numbers of bounds, units, numerators, denominators.
CREATE OR REPLACE TABLE conversion AS
SELECT
    unnest(?::INTEGER []) AS bound,
    unnest(?::VARCHAR []) AS unit,
    unnest(?::DOUBLE []) AS times,
    unnest(?::DOUBLE []) AS per
