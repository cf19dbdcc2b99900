-- Sites with a go-live of their own: how many days and whole weeks it lies after that of the log.
-- Parameters: sites, days, weeks.
CREATE TEMP TABLE own AS
SELECT unnest(?::VARCHAR []) AS site, unnest(?::INTEGER []) AS days, unnest(?::INTEGER []) AS weeks
