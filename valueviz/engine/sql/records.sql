-- The records of a file as text, read strictly; parameters: file, lines before the first record, delimiter, longest record.
read_csv(
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
