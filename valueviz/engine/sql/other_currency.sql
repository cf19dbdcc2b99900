-- Values of one column in a currency that is not that of their metric, as the words of their rows say.
-- Parameters: of such combinations their numbers, the places and the words that say so; the metric.
INSERT INTO cell_fault
SELECT observed."row", /* cell */, told.place, told.text, 'other_currency'
FROM observed
INNER JOIN (
    SELECT
        unnest($1::INTEGER []) AS combination,
        unnest($2::INTEGER []) AS place,
        unnest($3::VARCHAR []) AS text
) AS told USING (combination)
WHERE observed.cell = /* cell */ AND observed.metric = $4 AND observed.value IS NOT NULL
