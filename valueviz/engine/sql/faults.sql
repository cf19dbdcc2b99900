-- Every fault in order of line and column.
SELECT "row", place, coalesce(value, ''), reason FROM row_fault
UNION ALL
SELECT "row", place, coalesce(value, ''), reason FROM cell_fault
ORDER BY 1, 2, 4
