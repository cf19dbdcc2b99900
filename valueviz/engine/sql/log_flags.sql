-- Whether any event of the chosen cases has a role, and whether every stamp is a whole day.
SELECT count(e.o) > 0, coalesce(bool_and(e.t0 % 86400000000 = 0 AND e.t1 % 86400000000 = 0), FALSE)
FROM seq AS e
INNER JOIN chosen USING (k)
