-- Ways through the process: cases of one print, and the sequence of all of them; most taken first.
CREATE TABLE variant AS
SELECT (row_number() OVER (ORDER BY cases DESC, path) - 1)::INTEGER AS v, k, cases, path, print
FROM (
    SELECT print, min(k) AS k, max(cases) AS cases, list(a ORDER BY pos) AS path
    FROM printed_path
    GROUP BY print
)
