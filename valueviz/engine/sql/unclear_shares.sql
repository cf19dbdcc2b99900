-- Bare numbers among cells with a percent sign that are rather meant in the other way of writing shares: where all
-- of them are at most 1 and the signed ones are not (0.93 beside 94%), or, for a metric kept as a share, above 1.
-- Parameters: whether the metric is kept as a percentage (else as a share), its key.
INSERT INTO cell_fault
WITH bare AS (
    SELECT observed."row", abs(number_/* at */) AS size
    FROM observed
    INNER JOIN kept ON kept."row" = observed."row"
    WHERE observed.cell = /* cell */ AND observed.metric = $2 AND number_/* at */ <> 0
),

signed AS (
    SELECT max(abs(word.value)) AS size
    FROM observed
    INNER JOIN kept ON kept."row" = observed."row"
    INNER JOIN number_word AS word ON word.place = /* at */ AND word.text = number_text_/* at */
    WHERE observed.cell = /* cell */ AND observed.metric = $2 AND word.unit = '%'
)

SELECT bare."row", /* cell */, /* at */, NULL, 'percent_unclear'
FROM bare
WHERE
    (SELECT size FROM signed) > 1
    AND CASE WHEN $1 THEN (SELECT max(size) FROM bare) <= 1 ELSE (SELECT min(size) FROM bare) > 1 END
