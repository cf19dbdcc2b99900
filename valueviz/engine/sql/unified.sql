-- A site in another spelling becomes the one that was written first.
UPDATE loaded
SET unit = one_unit.one, site = one_unit.one_site
FROM one_unit
WHERE loaded.unit = one_unit.unit AND loaded.site = one_unit.site
