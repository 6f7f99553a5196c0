-- What organizations are billed for.
SELECT; -- to be replaced
