-- Activities in order of the mean place of their first visit among the first visits of a case: 0 first, 1 last, a half
-- where a case has one activity. Repeated events move nothing: a step that sends cases back stays before those it sends
-- them to. Places are sums of integers, so that no order of adding can change them.
CREATE TABLE place AS
SELECT a, (row_number() OVER (ORDER BY place, a) - 1)::INTEGER AS rank
FROM (
    SELECT
        e.a,
        sum(CASE WHEN c.activities > 1 THEN e.fresh::BIGINT * 1073741824 // (c.activities - 1) ELSE 536870912 END)
        / count(*) AS place
    FROM event AS e
    INNER JOIN counted AS c USING (k)
    WHERE e.visit = 1
    GROUP BY e.a
)
