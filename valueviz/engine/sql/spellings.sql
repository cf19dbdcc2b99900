-- Units with a site as every snapshot writes them, those written first before the others.
SELECT unit, site, snapshot
FROM loaded
WHERE site IS NOT NULL
GROUP BY unit, site, snapshot
ORDER BY snapshot, min("row"), unit, site
