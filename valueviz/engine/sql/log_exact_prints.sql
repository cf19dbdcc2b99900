-- The slow way where two sequences share a print: one number a sequence.
CREATE OR REPLACE TEMP TABLE counted AS
SELECT c.* EXCLUDE (print), dense_rank() OVER (ORDER BY path)::HUGEINT AS print
FROM counted AS c
INNER JOIN (SELECT k, list(a ORDER BY pos) AS path FROM sequence GROUP BY k) AS paths USING (k)
