-- What the chosen cases hold.
SELECT
    count(*), coalesce(sum(d.events), 0), count(DISTINCT d.v), make_timestamp(min(d.first)), make_timestamp(max(d.last)),
    coalesce(sum(d.started) / sum(d.events), 0), coalesce(sum(d.resourced) > 0, FALSE), coalesce(bool_or(d.cost IS NOT NULL), FALSE)
FROM chosen
INNER JOIN "case" AS d USING (k)
