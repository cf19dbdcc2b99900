-- Every fault in order of line and column; without a value where the engine cast the text itself.
SELECT "row", place, value, reason FROM row_fault
UNION ALL
SELECT "row", place, value, reason FROM cell_fault
ORDER BY 1, 2, 4
