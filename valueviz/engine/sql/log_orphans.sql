-- The cases of a new export that occur in no log of another system, in order. The tables are `fresh` and `part`.
SELECT DISTINCT "case" FROM fresh WHERE "case" NOT IN (SELECT "case" FROM part) ORDER BY "case"
