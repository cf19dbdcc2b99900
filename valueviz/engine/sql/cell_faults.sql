-- Cells of one value column that are no observation: no number, or outside the range of their metric.
INSERT INTO cell_fault
SELECT
    observed."row",
    observed.cell,
    /* at */,
    number_text_/* at */,
    coalesce(
        word.reason,
        CASE WHEN word.percent AND bound.percent IS NULL THEN 'not_a_number' ELSE 'out_of_range' END
    )
FROM observed
INNER JOIN bound USING (bound)
INNER JOIN kept ON kept."row" = observed."row"
LEFT JOIN number_word AS word ON word.place = /* at */ AND word.text = number_text_/* at */
WHERE
    observed.cell = /* cell */
    AND (
        word.reason IS NOT NULL
        OR (word.percent AND bound.percent IS NULL)
        OR observed.amount < bound.minimum
        OR observed.amount > bound.maximum
        OR NOT isfinite(observed.amount)
    )
