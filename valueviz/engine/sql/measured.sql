-- How many observations have a value and how many have none.
SELECT count(amount), count(*) - count(amount) FROM accepted
