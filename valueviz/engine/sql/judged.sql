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
