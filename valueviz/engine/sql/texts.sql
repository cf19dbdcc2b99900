-- The cells of every record as text, in the order of the file.
SELECT /* cells */
FROM /* records */
