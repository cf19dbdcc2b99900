-- The cells of every record as text, in the order of the file.
-- Parameters: file, lines before the first record, delimiter, longest record.
SELECT /* cells */
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
