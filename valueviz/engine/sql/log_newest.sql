-- Exports of one log as one: the table `current`. Parameters by name: system (NULL where there is one), target file.
COPY (
    SELECT * EXCLUDE (number) REPLACE ($system::VARCHAR AS system) FROM current ORDER BY number, "row"
) TO $target (FORMAT parquet, COMPRESSION zstd)
