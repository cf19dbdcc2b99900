-- The texts of cells as the file writes them, for lines with a fault whose text the engine cast itself.
-- Parameters: file, lines before the first record, delimiter, longest record.
SELECT *
FROM (
    SELECT
        /* line */ AS "row",
        /* cells */
    FROM read_csv(
        ?,
        skip = ?,
        delim = ?,
        max_line_size = ?,
        header = FALSE,
        auto_detect = FALSE,
        hive_partitioning = FALSE,
        quote = '"',
        escape = '"',
        strict_mode = TRUE,
        null_padding = FALSE,
        columns = { /* columns */ }
    )
)
WHERE
    "row" IN (
        SELECT "row" FROM row_fault WHERE value IS NULL
        UNION
        SELECT "row" FROM cell_fault WHERE value IS NULL
    )
