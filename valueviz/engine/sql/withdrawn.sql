-- The periods that an earlier file measured and a later one lacks although it covers them, and the first file to do so.
-- Parameters: metrics and grains, in pairs; metrics and units of cohorts, in pairs; least periods told again.
WITH asked AS (
    SELECT CAST(key AS metric_key) AS metric, grain
    FROM (SELECT unnest($metrics::VARCHAR []) AS key, unnest($grains::VARCHAR []) AS grain)
    WHERE metric IN (SELECT metric FROM observation GROUP BY metric HAVING min(snapshot) < max(snapshot))
),

member AS (
    SELECT CAST(key AS metric_key) AS metric, CAST(unit_of AS unit_key) AS unit
    FROM (SELECT unnest($metrics_of::VARCHAR []) AS key, unnest($units::VARCHAR []) AS unit_of)
),

told AS (
    SELECT
        metric,
        unit,
        snapshot,
        date::DATE AS day,
        any_value(grain) AS grain,
        count(value) + count("end") > 0 AS valued
    FROM observation
    INNER JOIN asked USING (metric)
    GROUP BY metric, unit, snapshot, date::DATE
),

-- Of a metric whose rows have neither value nor end (counts) every row measures.
days AS (
    SELECT
        told.* EXCLUDE (valued),
        period_of(day, grain) AS period,
        valued OR NOT bool_or(valued) OVER (PARTITION BY metric) AS measured
    FROM told
    SEMI JOIN member USING (metric, unit)
),

cell AS (
    SELECT metric, unit, period, snapshot
    FROM days
    WHERE measured
    GROUP BY ALL
),

place AS (
    SELECT metric, unit, period, min(snapshot) AS first, max(snapshot) AS last
    FROM cell
    GROUP BY ALL
),

file AS (
    SELECT metric, unit, snapshot, min(period) AS since, max(period) AS until
    FROM cell
    GROUP BY ALL
),

-- What a file tells of what those before it measured: `common` periods again, out of `spanned` between its first and
-- its last and of `known` in all, and `added` ones that none of them measured.
retelling AS (
    SELECT
        file.*,
        count(*) FILTER (WHERE cell.snapshot IS NOT NULL AND place.first < file.snapshot) AS common,
        count(*) FILTER (WHERE place.first < file.snapshot AND place.period BETWEEN since AND until) AS spanned,
        count(*) FILTER (WHERE place.first < file.snapshot) AS known,
        count(*) FILTER (WHERE place.first = file.snapshot) AS added
    FROM file
    INNER JOIN place USING (metric, unit)
    LEFT JOIN cell
        ON cell.metric = file.metric
        AND cell.unit = file.unit
        AND cell.snapshot = file.snapshot
        AND cell.period = place.period
    GROUP BY ALL
),

lacking AS (
    SELECT place.metric, place.period, file.snapshot
    FROM place
    INNER JOIN retelling AS file
        ON file.metric = place.metric
        AND file.unit = place.unit
        AND file.snapshot > place.last
        AND file.common >= $overlap
    WHERE
        -- a hole: the file tells most of what lies around it, and is more than a few corrections
        (
            place.period BETWEEN file.since AND file.until
            AND 2 * file.common > file.spanned
            AND (file.added > 0 OR 2 * file.common >= file.known)
        )
        -- a shorter end: the file tells most of all that was known
        OR (place.period > file.until AND 2 * file.common > file.known)
    UNION ALL
    -- a blank: the file names the day and has no value for it
    SELECT blank.metric, blank.period, blank.snapshot
    FROM days AS blank
    INNER JOIN (
        SELECT metric, unit, day, max(snapshot) AS last
        FROM days
        WHERE measured
        GROUP BY ALL
    ) AS measured
        ON measured.metric = blank.metric
        AND measured.unit = blank.unit
        AND measured.day = blank.day
        AND measured.last < blank.snapshot
    WHERE NOT blank.measured
)

SELECT lacking.metric::VARCHAR AS metric, lacking.period, arg_min(snapshot.digest, snapshot.number) AS digest, min(snapshot.number) AS number
FROM lacking
INNER JOIN snapshot ON snapshot.number = lacking.snapshot
GROUP BY ALL
ORDER BY metric, period
