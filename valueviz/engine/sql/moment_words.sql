-- What texts of a moment column mean. Parameters: place of the column; texts, moments, reasons in pairs.
INSERT INTO moment_word
SELECT ?, unnest(?::VARCHAR []), unnest(?::TIMESTAMP []), unnest(?::VARCHAR [])
