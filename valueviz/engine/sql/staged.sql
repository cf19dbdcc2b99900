-- Every record as it is read: what the engine can cast by itself, and the text of what it cannot.
CREATE TABLE staged AS
SELECT
    /* line */
    /* picked */,
    /* blank */ AS blank
FROM /* records */
