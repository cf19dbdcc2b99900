-- The units that the cells of one column state themselves, by metric.
SELECT DISTINCT /* at */, accepted.metric, word.unit
FROM accepted
INNER JOIN kept ON kept."row" = accepted."row"
INNER JOIN number_word AS word ON word.place = /* at */ AND word.text = number_text_/* at */
WHERE word.unit IS NOT NULL AND accepted.cell = /* cell */
ORDER BY ALL
