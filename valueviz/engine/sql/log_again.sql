-- Of cases with an activity more than once: which visit of its activity an event is, how many other activities had been
-- visited before, and whether its edge had been walked before. Events that say nothing of the kind are left out.
-- Kinds: 1 self-loop by the same resource, 2 by another, 3 unknown; 4, 5, 6 the same where other activities lie between.
CREATE TEMP TABLE again AS
SELECT
    k, pos,
    (CASE
        WHEN visit = 1 THEN 0
        ELSE CASE WHEN pa = a THEN 0 ELSE 3 END + CASE WHEN r = visitor THEN 1 WHEN r <> visitor THEN 2 ELSE 3 END
    END)::UTINYINT AS again,
    visit::USMALLINT AS visit,
    fresh::INTEGER AS fresh,
    walk > 1 AND na IS NOT NULL AS rewalk
FROM (
    SELECT
        *,
        pos - sum(CASE WHEN visit > 1 THEN 1 ELSE 0 END) OVER (
            PARTITION BY k ORDER BY pos ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS fresh
    FROM (
        SELECT
            k, pos, a, na, pa, r,
            row_number() OVER visits AS visit,
            lag(r) OVER visits AS visitor,
            row_number() OVER (PARTITION BY k, a, na ORDER BY pos) AS walk
        FROM sequence
        SEMI JOIN (SELECT k FROM counted WHERE events > activities) AS loops USING (k)
        WINDOW visits AS (PARTITION BY k, a ORDER BY pos)
    )
)
WHERE visit > 1 OR walk > 1 OR fresh < pos
