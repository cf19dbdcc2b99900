-- The largest magnitudes of each metric: they fix the scale of its exact sums.
SELECT
    number,
    coalesce(max(abs(amount)), 0),
    coalesce(max(abs(volume)) FILTER (WHERE amount IS NOT NULL), 0),
    coalesce(max(abs(amount * volume)), 0)
FROM reading
GROUP BY number
ORDER BY number
