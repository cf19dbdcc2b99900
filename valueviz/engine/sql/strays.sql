-- Rows that stand out of what is usual: in another unit, or just far away. Where many do, that is how values behave.
-- A tail that only thins out is none of another unit: there are more rows on the way there than there.
-- Parameters: standard deviations from which on it is another unit; how far from a whole power of ten; shares.
WITH apart AS (
    SELECT
        accepted."row",
        accepted.bound,
        unit_of.unit,
        accepted.date::DATE AS day,
        usual.rows,
        usual.noise,
        accepted.amount > usual.top OR accepted.amount < usual.bottom AS far,
        CASE WHEN accepted.amount > 0 AND usual.middle > 0 THEN log10(accepted.amount / usual.middle) END AS power
    FROM accepted
    INNER JOIN unit_of USING (combination)
    INNER JOIN usual ON usual.bound = accepted.bound AND usual.unit = unit_of.unit
    WHERE
        isfinite(accepted.amount)
        AND (
            accepted.amount > least(usual.middle * $way, usual.top)
            OR accepted.amount < greatest(usual.middle / $way, usual.bottom)
        )
),

told AS (
    SELECT
        *,
        coalesce(
            noise <= $loosest
            AND abs(power) > $sure * noise
            AND abs(power - round(power)) <= greatest($nearest, least($loosest, $loose * noise))
            AND abs(round(power)) BETWEEN 1 AND $largest,
            FALSE
        ) AS slipped
    FROM apart
),

weighed AS (
    SELECT
        * EXCLUDE (slipped),
        slipped
        AND count(*) FILTER (WHERE slipped) OVER side >= count(*) FILTER (WHERE NOT slipped AND abs(power) < 1) OVER side
            AS slipped
    FROM told
    WINDOW side AS (PARTITION BY bound, power > 0)
)

SELECT bound.metric, weighed.unit, weighed.slipped, weighed."row", weighed.day, round(weighed.power)::INTEGER
FROM weighed
INNER JOIN bound USING (bound)
WHERE weighed.slipped OR weighed.far
QUALIFY count(*) OVER (PARTITION BY weighed.bound, weighed.unit, weighed.slipped) <= greatest(1, weighed.rows * CASE WHEN weighed.slipped THEN $slips ELSE $strays END)
ORDER BY bound.metric, weighed."row"
