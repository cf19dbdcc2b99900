-- Which systems a case occurs in; a file that names none is one by its number.
CREATE TABLE origin AS
SELECT DISTINCT n.k, coalesce(l."system", f.name) AS "system"
FROM /* rows */ AS l
INNER JOIN spread AS n ON n.name = l.name
INNER JOIN file AS f ON f.source = l.source
WHERE l."system" IS NOT NULL OR (SELECT count(*) > 1 FROM file)
