-- What one pass over its events says of each case. The print is the same for cases of the same sequence.
CREATE TEMP TABLE counted AS
SELECT
    k,
    count(*)::INTEGER AS events,
    min(t0) AS first,
    max(t1) AS last,
    /* distinct */::INTEGER AS activities,
    sum(hash(pos, a)) AS print,
    count_if(started)::INTEGER AS started,
    sum(t1 - t0)::BIGINT AS touched,
    sum(waited)::BIGINT AS waited,
    sum(worked)::BIGINT AS busy,
    count(r)::INTEGER AS resourced,
    count_if(person <> earlier)::INTEGER AS handovers,
    count_if(person = earliest AND person <> earlier)::INTEGER AS ping_pongs,
    count_if(automatic)::INTEGER AS automatic,
    count(coalesce(r, o))::INTEGER AS attributed,
    sum(cost) AS cost
FROM sequence
GROUP BY k
