-- Rows to be rejected for one reason alone. Parameters: lines, places, values, reasons.
CREATE OR REPLACE TEMP TABLE rejecting AS
SELECT
    unnest(?::BIGINT []) AS "row",
    unnest(?::INTEGER []) AS place,
    unnest(?::VARCHAR []) AS value,
    unnest(?::VARCHAR []) AS reason
