-- What texts of a number column mean. Parameters: place; texts, values, units stated, reasons in pairs.
INSERT INTO number_word
SELECT ?, unnest(?::VARCHAR []), unnest(?::DOUBLE []), unnest(?::VARCHAR []), unnest(?::VARCHAR [])
