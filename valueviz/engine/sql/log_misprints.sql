-- Places at which two sequences that share a print differ, and prints of sequences of two lengths; none, unless two
-- sequences share a print.
SELECT count(*)
FROM printed_path AS p
INNER JOIN (SELECT print, count(*) AS cases FROM counted GROUP BY print) AS c USING (print)
WHERE p.a <> p.other OR p.cases <> c.cases
