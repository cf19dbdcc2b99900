-- What each file holds of a metric, unit and day, where several files hold the metric. A metric whose rows have
-- neither value nor end is one of counts: there every row measures, elsewhere such a row says that nothing was measured.
CREATE TEMP TABLE held AS
SELECT metric, unit, date::DATE AS day, snapshot, count(*) AS rows, count(value) + count("end") > 0 AS valued
FROM loaded
WHERE metric IN (SELECT metric FROM loaded GROUP BY metric HAVING min(snapshot) < max(snapshot))
GROUP BY metric, unit, day, snapshot;
