-- An export of an event log as it is kept: people by pseudonym, systems by name, no personal attribute.
-- Parameters by name: source and target files, the key of pseudonyms ('' keeps names), the form of a system's name.
-- {columns} is the list of attributes to leave out, quoted by the caller.
COPY (
    SELECT * {columns} REPLACE (
        CASE
            WHEN $key = '' OR resource IS NULL OR regexp_matches(resource, $machines) THEN resource
            ELSE 'R-' || left(sha256($key || ':' || resource), 8)
        END AS resource
    )
    FROM read_parquet($source)
) TO $target (FORMAT parquet, COMPRESSION zstd)
