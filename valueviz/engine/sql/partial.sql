-- Periods at an end of the data that the data do not cover. Parameters: lists in pairs.
DELETE FROM cell
WHERE (number, period) IN (SELECT (unnest(?::INTEGER []), unnest(?::BIGINT [])))
