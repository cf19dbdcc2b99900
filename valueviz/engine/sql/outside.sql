-- A period that the window cuts is not a period of the window. Parameters: its first and last day.
DELETE FROM cell
WHERE (number, period) IN (
    SELECT (number, period)
    FROM cell
    GROUP BY number, period
    HAVING min(first_day) < ? OR max(last_day) > ?
)
