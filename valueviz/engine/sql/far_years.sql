-- Dates in years in which none of the column can lie. Parameter: the years.
INSERT INTO row_fault
SELECT "row", /* at */, moment_text_/* at */, 'date_out_of_range'
FROM kept
WHERE year(moment_/* at */) IN (SELECT unnest(?::BIGINT []))
