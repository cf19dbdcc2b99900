-- What the cases of each print did at each place: the least and the greatest activity are the same one, unless two
-- sequences share a print; so are their lengths.
CREATE OR REPLACE TEMP TABLE printed_path AS
SELECT c.print, s.pos, min(s.a) AS a, max(s.a) AS other, min(c.k) AS k, count(*)::INTEGER AS cases
FROM sequence AS s
INNER JOIN counted AS c USING (k)
GROUP BY c.print, s.pos
