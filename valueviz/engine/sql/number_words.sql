-- What texts of a number column mean. Parameters: place; texts, values, percent signs, reasons in pairs.
INSERT INTO number_word
SELECT ?, unnest(?::VARCHAR []), unnest(?::DOUBLE []), unnest(?::BOOLEAN []), unnest(?::VARCHAR [])
