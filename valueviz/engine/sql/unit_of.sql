-- Units as small numbers, whatever else the words of a row say.
CREATE OR REPLACE TEMP TABLE unit_of AS
SELECT combination, dense_rank() OVER (ORDER BY unit)::INTEGER AS unit
FROM combination
