-- Changes of what names a contact.
SELECT; -- to be replaced
