-- What each activity adds to the lead times of a period: time waited for it and worked on it beyond the frontier.
-- Only cases with a lead time, and only what lies in their stretch. Parameters: the period twice, 9 for all.
SELECT
    e.a,
    count_if(e.t1 >= c.begins AND e.t0 <= c.ends) AS events,
    sum(greatest(least(e.t0, c.ends) - greatest(e.t0 - e.waited, c.begins), 0)) / 1e6 AS waited,
    sum(greatest(least(e.t1, c.ends) - greatest(e.t1 - e.worked, c.begins), 0)) / 1e6 AS worked
FROM seq AS e
INNER JOIN chosen AS c USING (k)
WHERE c.lead IS NOT NULL AND (? = 9 OR c.period = ?)
GROUP BY e.a
