-- Units with a site as one file writes them, those written first before the others. Parameter: the file.
SELECT unit, site
FROM read_parquet(?)
WHERE site IS NOT NULL
GROUP BY unit, site
ORDER BY min("row"), unit, site
