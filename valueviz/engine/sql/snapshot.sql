-- The observations of one file. Parameter: the file to write.
COPY (
    SELECT
        accepted."row",
        accepted.metric,
        accepted.date,
        accepted."end",
        accepted.value,
        accepted.volume,
        combination.unit,
        combination.site,
        combination.instrument,
        combination.definition_version
    FROM accepted
    INNER JOIN combination USING (combination)
    ORDER BY accepted."row", accepted.cell
) TO ? (FORMAT parquet, COMPRESSION zstd)
