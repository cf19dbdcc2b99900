-- What the texts mean that the engine did not cast itself.
CREATE OR REPLACE TABLE moment_word (place INTEGER, text VARCHAR, moment TIMESTAMP, reason VARCHAR);
CREATE OR REPLACE TABLE number_word (place INTEGER, text VARCHAR, value DOUBLE, unit VARCHAR, reason VARCHAR);
