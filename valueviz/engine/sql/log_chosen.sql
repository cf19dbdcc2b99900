-- The cases of a cut: the period each belongs to (0 before, 1 after, -1 neither), the week it starts in (as of
-- `period_of`), the stretch that is measured, and whether nearly all cases of its week have ended by the last stamp:
-- the week begins at least the 95th percentile of all lead times before it. A case of a site with its own go-live is
-- placed by its distance from that day. Without the segment there is no lead time.
-- Parameters by name: the days of both periods, NULL where there are none.
CREATE TEMP TABLE chosen AS
WITH placed AS (
    SELECT
        c.k, c.events, c.activities, c.v, c.site, c.first, c.last,
        date_diff('day', DATE '1970-01-01', make_timestamp(c.first)::DATE)::INTEGER AS day,
        coalesce(o.days, 0) AS days,
        coalesce(o.weeks, 0) AS weeks,
        /* begins */ AS begins,
        /* ends */ AS ends
    FROM "case" AS c
    LEFT JOIN own AS o ON o.site = c.site
    /* segment */
    WHERE TRUE /* conditions */
),

timed AS (
    SELECT
        *,
        CASE WHEN ends >= begins THEN ends - begins END AS lead,
        (day + 719162) // 7 AS monday,
        CASE
            WHEN DATE '1970-01-01' + (day - days) BETWEEN $before_start::DATE AND $before_end::DATE THEN 0
            WHEN DATE '1970-01-01' + (day - days) BETWEEN $after_start::DATE AND $after_end::DATE THEN 1
            ELSE -1
        END::TINYINT AS period,
        CASE WHEN DATE '1970-01-01' + (day - days) >= $go_live::DATE THEN 1 ELSE 0 END::TINYINT AS live
    FROM placed
)

SELECT
    k, events, activities, v, period, live, begins, ends, lead, weeks,
    (monday - weeks)::INTEGER AS week,
    (monday * 7 - 719162) * 86400000000 + (SELECT coalesce(quantile_cont(lead, 0.95), 0) FROM timed)
    <= (SELECT max(last) FROM "case") AS mature
FROM timed
