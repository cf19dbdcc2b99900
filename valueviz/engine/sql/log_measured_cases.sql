-- The chosen cases with what is known of each; standard where it took one of the commonest variants of its period
-- (of all for a case in neither), standard_of_all where it took one of the commonest of all.
CREATE TEMP VIEW measured AS
SELECT
    c.* EXCLUDE (events, activities, v),
    d.events, d.activities, d.started, d.touched, d.waited, d.resourced, d.handovers, d.ping_pongs,
    d.automatic, d.attributed, d.cost, d.backwards, d.v,
    o.v IS NOT NULL AS standard,
    a.v IS NOT NULL AS standard_of_all
FROM chosen AS c
INNER JOIN "case" AS d USING (k)
LEFT JOIN standard AS o ON o.v = c.v AND o.period = CASE WHEN c.period = -1 THEN 9 ELSE c.period END
LEFT JOIN standard AS a ON a.v = c.v AND a.period = 9
