-- The values of some snapshots that count. Parameter: digests of the snapshots.
SELECT
    observation.snapshot,
    observation."row",
    observation.metric::VARCHAR,
    observation.site,
    observation.instrument,
    observation.definition_version,
    observation.date::DATE AS day,
    observation.value
FROM observation
INNER JOIN snapshot ON snapshot.number = observation.snapshot
WHERE observation.counts AND observation.value IS NOT NULL AND list_contains(?::VARCHAR [], snapshot.digest)
ORDER BY observation.snapshot, observation."row", day
