-- The months in which anything was measured.
SELECT DISTINCT strftime(date_trunc('month', date), '%Y-%m') FROM accepted WHERE (amount IS NOT NULL OR ?) ORDER BY 1
