-- Instruments and definition versions of each period, where a period has more than one.
SELECT
    number,
    period,
    string_agg(DISTINCT instrument, '|' ORDER BY instrument),
    string_agg(DISTINCT definition_version, '|' ORDER BY definition_version)
FROM reading
INNER JOIN chosen USING (number, unit, period)
WHERE said
GROUP BY number, period
HAVING min(instrument) < max(instrument) OR min(definition_version) < max(definition_version)
ORDER BY number, period
