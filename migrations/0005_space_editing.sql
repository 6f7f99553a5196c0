-- What is withheld from a manager of a space.
ALTER TABLE space_users
    ADD COLUMN no_export   boolean NOT NULL DEFAULT false,
    ADD COLUMN no_deletion boolean NOT NULL DEFAULT false;

-- Mail of a folder that was not accepted into the space and waits for room there.
ALTER TABLE mailbox_folders ADD COLUMN turned_away bigint NOT NULL DEFAULT 0;
