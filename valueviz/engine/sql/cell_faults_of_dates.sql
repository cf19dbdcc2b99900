-- Rows whose value follows from their dates and lies outside the range of its metric.
INSERT INTO cell_fault
SELECT observed."row", observed.cell, /* at */, NULL, 'out_of_range'
FROM observed
INNER JOIN bound USING (bound)
WHERE
    observed.cell = /* cell */
    AND (observed.amount < bound.minimum OR observed.amount > bound.maximum OR NOT isfinite(observed.amount))
