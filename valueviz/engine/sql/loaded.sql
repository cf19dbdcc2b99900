-- Rows of all snapshots as they come, before it is known which of them count.
CREATE TEMP TABLE loaded (
    snapshot INTEGER, "row" BIGINT, metric VARCHAR, date TIMESTAMP, "end" TIMESTAMP, value DOUBLE, volume DOUBLE,
    unit VARCHAR, site VARCHAR, instrument VARCHAR, definition_version VARCHAR
)
