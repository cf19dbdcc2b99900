-- Which unit has a value in which period.
SELECT number::INTEGER AS number, unit::BIGINT AS unit, period::BIGINT AS period
FROM cell
INNER JOIN definition USING (number)
GROUP BY number, unit, period, aggregation, formula
-- a count needs rows, every other aggregation values
HAVING sum(CASE WHEN aggregation = 'count' AND formula IS NULL THEN rows ELSE amounts END) > 0
ORDER BY number, unit, period
