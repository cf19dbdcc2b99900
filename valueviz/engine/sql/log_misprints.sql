-- Events that differ from the sequence their print stands for; none, unless two sequences share a print.
SELECT count(*)
FROM sequence AS s
INNER JOIN (
    SELECT c.k, c.events, v.k AS model FROM counted AS c INNER JOIN variant AS v USING (print) WHERE c.k <> v.k
) AS c USING (k)
LEFT JOIN sequence AS m ON m.k = c.model AND m.pos = s.pos
WHERE m.a IS DISTINCT FROM s.a OR (s.pos = c.events - 1 AND m.na IS NOT NULL)
