-- Who shows an email address, also where several contacts do.
CREATE INDEX contacts_by_email ON contacts (space, (fields ->> 'email')) WHERE fields ->> 'email' <> '';
