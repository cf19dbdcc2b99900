-- Ways through the process: cases of one print, and the sequence of one of them; most taken first.
CREATE TABLE variant AS
SELECT (row_number() OVER (ORDER BY cases DESC, path) - 1)::INTEGER AS v, k, cases, path, print
FROM (
    SELECT p.k, p.cases, p.print, list(s.a ORDER BY s.pos) AS path
    FROM (SELECT print, min(k) AS k, count(*)::INTEGER AS cases FROM counted GROUP BY print) AS p
    INNER JOIN sequence AS s USING (k)
    GROUP BY ALL
)
