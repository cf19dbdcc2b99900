-- Every record as it is read: what the engine can cast by itself, and the text of what it cannot.
-- Parameters: file, lines before the first record, delimiter, longest record.
CREATE TABLE staged AS
SELECT
    /* line */
    /* picked */,
    /* blank */ AS blank
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
