-- One reading a row: its metric's formula, its period, and NULL where the formula gives no finite number.
CREATE TEMP VIEW reading AS
SELECT
    * EXCLUDE (computed),
    CASE WHEN isfinite(computed) THEN computed END AS amount,
    coalesce(isfinite(computed), FALSE) OR aggregation = 'count' AS said
FROM (
    SELECT
        definition.number,
        definition.aggregation,
        observation.snapshot,
        enum_code(observation.unit) AS unit,
        observation.date::DATE AS day,
        period_of(observation.date::DATE, definition.grain) AS period,
        observation.volume,
        observation.instrument,
        observation.definition_version,
        CAST(CASE definition.formula /* formulas */ ELSE value END AS DOUBLE) AS computed
    FROM observation
    INNER JOIN definition ON definition.metric_asked = observation.metric
    WHERE
        observation.counts
        AND (NOT EXISTS (FROM wanted_site) OR observation.site IN (SELECT wanted FROM wanted_site))
)
