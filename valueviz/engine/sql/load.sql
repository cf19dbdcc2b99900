-- One snapshot. Parameters: its number in order of import, its file.
INSERT INTO loaded BY NAME
SELECT
    ?::INTEGER AS snapshot,
    "row", metric, date, "end", value, volume, unit, site, instrument, definition_version
FROM read_parquet(?)
