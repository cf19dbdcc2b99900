-- What was taken from these rows, or held against them, is forgotten.
DELETE FROM observed WHERE "row" IN (SELECT "row" FROM rejecting);
DELETE FROM cell_fault WHERE "row" IN (SELECT "row" FROM rejecting);
DELETE FROM row_fault WHERE "row" IN (SELECT "row" FROM rejecting);
INSERT INTO row_fault SELECT "row", place, value, reason FROM rejecting;
