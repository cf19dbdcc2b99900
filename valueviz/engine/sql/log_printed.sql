-- Every variant with the names of its activities and its fingerprint: half a digest of them, the same in every log.
CREATE TEMP VIEW printed AS
SELECT v, activities, left(sha256(array_to_string(activities, chr(31))), 16) AS fingerprint
FROM (
    SELECT variant.v, list_transform(variant.path, lambda a: named.names[a + 1]) AS activities
    FROM variant, (SELECT list(name ORDER BY a) AS names FROM activity) AS named
)
