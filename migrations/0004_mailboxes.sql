-- The mailboxes connected to spaces.
CREATE TABLE mailboxes (
    space     text NOT NULL,
    id        text NOT NULL,
    name      text NOT NULL,
    host      text NOT NULL,
    port      integer NOT NULL,
    security  text NOT NULL,
    user_name text NOT NULL,
    folders   jsonb NOT NULL,
    connected timestamptz NOT NULL,
    PRIMARY KEY (space, id)
);

-- How far each folder of a mailbox was read.
CREATE TABLE mailbox_folders (
    space    text NOT NULL,
    mailbox  text NOT NULL,
    folder   text NOT NULL,
    uid      bigint NOT NULL,
    messages bigint NOT NULL,
    senders  bigint NOT NULL,
    skipped  bigint NOT NULL,
    read     timestamptz NOT NULL,
    PRIMARY KEY (space, mailbox, folder)
);
