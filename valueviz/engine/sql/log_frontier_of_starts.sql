max(t1) OVER (
            PARTITION BY k ORDER BY t0, t1, /* file */place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
