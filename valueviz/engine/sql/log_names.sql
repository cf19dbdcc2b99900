-- One number a name, in the order of names.
CREATE TABLE /* table */ AS
SELECT (row_number() OVER (ORDER BY name) - 1)::INTEGER AS /* code */, name
FROM (SELECT DISTINCT /* column */ AS name FROM loaded WHERE /* column */ IS NOT NULL)
