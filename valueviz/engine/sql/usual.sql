-- What is usual for a metric in a unit: quartiles, and the ends beyond which a value stands out.
-- Parameters: least rows; robust standard deviations to the ends, and what few rows add to them; wider by, below zero.
CREATE OR REPLACE TEMP TABLE usual AS
WITH quartile AS (
    SELECT
        accepted.bound,
        unit_of.unit,
        count(*) AS rows,
        min(accepted.amount) AS lowest,
        max(accepted.amount) AS highest,
        quantile_cont(accepted.amount, [0.25, 0.5, 0.75]) AS q
    FROM accepted
    INNER JOIN unit_of USING (combination)
    WHERE isfinite(accepted.amount)
    GROUP BY accepted.bound, unit_of.unit
),

reach AS (
    -- a quarter of a normal distribution lies 0.6745 standard deviations beyond its middle on either side
    SELECT *, ($far + $few / rows) / 1.349 AS reach FROM quartile
)

SELECT
    bound,
    unit,
    rows,
    lowest,
    highest,
    q[2] AS middle,
    CASE WHEN rows >= $least AND q[1] > 0 THEN greatest(log10(q[3] / q[1]) / 1.349, $finest) END AS noise,
    CASE
        WHEN rows < $least OR q[3] <= q[1] THEN NULL
        WHEN lowest > 0 THEN q[2] * pow(q[3] / q[1], reach)
        WHEN lowest >= 0 THEN pow(sqrt(q[2]) + reach * (sqrt(q[3]) - sqrt(q[1])), 2)
        ELSE q[2] + $wider * reach * (q[3] - q[1])
    END AS top,
    CASE WHEN rows >= $least AND q[3] > q[1] AND lowest < 0 THEN q[2] - $wider * reach * (q[3] - q[1]) END AS bottom
FROM reach
