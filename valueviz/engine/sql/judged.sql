-- What a file consists of: observations, faults of whole rows, faults of single cells.
CREATE OR REPLACE TABLE observed (
    "row" BIGINT, cell INTEGER, combination INTEGER, metric VARCHAR, bound INTEGER, date TIMESTAMP, "end" TIMESTAMP,
    value DOUBLE, volume DOUBLE, amount DOUBLE
);
CREATE OR REPLACE TABLE row_fault ("row" BIGINT, place INTEGER, value VARCHAR, reason VARCHAR);
CREATE OR REPLACE TABLE cell_fault ("row" BIGINT, cell INTEGER, place INTEGER, value VARCHAR, reason VARCHAR);

-- A cell is accepted unless it has a fault; a row is rejected as soon as one cell of it is, its other cells are kept.
CREATE OR REPLACE VIEW accepted AS
FROM observed
WHERE NOT EXISTS (FROM cell_fault WHERE cell_fault."row" = observed."row" AND cell_fault.cell = observed.cell);
CREATE OR REPLACE VIEW rejected AS
SELECT "row" FROM row_fault
UNION
SELECT "row" FROM cell_fault;

-- A value in another unit. A product of doubles may end in dust (1.13 * 10000 = 11299.999999999998): where
-- thirteen digits say the same as the product, up to its rounding, they are what the exact product is.
CREATE OR REPLACE MACRO dusted(value) AS CASE
    WHEN abs(CAST(printf('%.13g', value) AS DOUBLE) - value) <= abs(value) * 5e-16
        THEN CAST(printf('%.13g', value) AS DOUBLE)
    ELSE value
END;
CREATE OR REPLACE MACRO scaled(value, times, per) AS CASE WHEN times = per THEN value ELSE dusted(value * times / per) END;
