SELECT metric::VARCHAR, periodic, grain, first_day, last_day, pause
FROM summary
ORDER BY metric::VARCHAR
