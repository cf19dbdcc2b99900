-- Powers of two, one triple a metric. Parameters: lists of equal length.
CREATE TEMP TABLE scale AS
SELECT
    unnest(?::INTEGER []) AS number,
    unnest(?::DOUBLE []) AS amount_scale,
    unnest(?::DOUBLE []) AS volume_scale,
    unnest(?::DOUBLE []) AS product_scale
