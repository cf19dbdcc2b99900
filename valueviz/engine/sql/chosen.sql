-- What is rolled up: the cohort's units of each metric in the periods it covers. Parameters: lists in pairs.
CREATE TEMP TABLE chosen AS
SELECT *
FROM (SELECT unnest(?::INTEGER []) AS number, unnest(?::BIGINT []) AS unit)
INNER JOIN (SELECT unnest(?::INTEGER []) AS number, unnest(?::BIGINT []) AS period) USING (number)
