LEFT JOIN (
        SELECT k, min(CASE WHEN a = $source THEN t0 END) AS begins, max(CASE WHEN a = $target THEN t1 END) AS ends
        FROM seq
        WHERE a IN ($source, $target)
        GROUP BY k
    ) AS s USING (k)
