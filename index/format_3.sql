-- Every page has a checksum since this format. Removals up to and with this generation may be
-- forgotten; who contains less than that begins anew.
INSERT INTO meta VALUES ('removals_from', '0');
