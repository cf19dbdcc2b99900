-- Cells of one value column that are no observation: no number, of another unit, or outside the range of their metric.
INSERT INTO cell_fault
SELECT
    observed."row",
    observed.cell,
    /* at */,
    number_text_/* at */,
    coalesce(
        word.reason,
        CASE
            WHEN observed.value IS NOT NULL THEN 'out_of_range'
            WHEN word.unit = 'h:mm' THEN 'ambiguous_duration'
            ELSE 'unit_differs'
        END
    )
FROM observed
INNER JOIN bound USING (bound)
INNER JOIN kept ON kept."row" = observed."row"
LEFT JOIN number_word AS word ON word.place = /* at */ AND word.text = number_text_/* at */
WHERE
    observed.cell = /* cell */
    AND (
        word.reason IS NOT NULL
        OR (observed.value IS NULL AND coalesce(number_/* at */, word.value) IS NOT NULL)
        OR observed.amount < bound.minimum
        OR observed.amount > bound.maximum
        OR NOT isfinite(observed.amount)
    )
