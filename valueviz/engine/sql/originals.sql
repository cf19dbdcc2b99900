-- The texts of cells as the file writes them, for lines with a fault whose text the engine cast itself.
SELECT *
FROM (
    SELECT
        /* line */ AS "row",
        /* cells */
    FROM /* records */
)
WHERE
    "row" IN (
        SELECT "row" FROM row_fault WHERE value IS NULL
        UNION
        SELECT "row" FROM cell_fault WHERE value IS NULL
    )
