-- The period of a day under a grain, as everywhere in the product: whole periods since the start of the calendar.
CREATE TEMP MACRO period_of(day, grain) AS CASE grain
    WHEN 'day' THEN date_diff('day', DATE '0001-01-01', day) + 1
    WHEN 'week' THEN date_diff('day', DATE '0001-01-01', day) // 7
    WHEN 'month' THEN year(day) * 12 + month(day) - 1
    WHEN 'quarter' THEN year(day) * 4 + quarter(day) - 1
    ELSE year(day)
END
