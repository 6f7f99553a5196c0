-- Stories hold more than they did: they are told anew from the journal.
TRUNCATE contact_stories, contacts, contact_merges, contact_spaces, inboxes, space_usage;
DELETE FROM checkpoints WHERE projection = 'contacts';
DELETE FROM parked_events WHERE projection = 'contacts';

-- What is said and done between contacts and their space. The owner is the contact whose
-- it is: the one it was recorded with, or one that took it over. A merge changes no row.
CREATE TABLE interactions (
    space     text COLLATE "C" NOT NULL,
    owner     text COLLATE "C" NOT NULL,
    at        timestamptz NOT NULL,      -- when it happened
    position  bigint NOT NULL,
    kind      text COLLATE "C" NOT NULL, -- such as message_received
    recorded  text COLLATE "C" NOT NULL, -- the contact in whose conversation it was recorded
    ref       text COLLATE "C" NOT NULL, -- empty: it cannot be taken over by itself
    channel   text COLLATE "C" NOT NULL,
    identity  text COLLATE "C" NOT NULL,
    way       text NOT NULL,
    actor     text NOT NULL,
    data      json NOT NULL,             -- the event, whatever characters people wrote into it
    PRIMARY KEY (space, owner, at, position) INCLUDE (kind)
);

ALTER TABLE contacts
    ADD COLUMN identities    jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN last_incoming timestamptz,
    ADD COLUMN last_channel  text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN opened        timestamptz; -- when the latest of its conversations was

ALTER TABLE contact_merges
    ADD COLUMN id        text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN batch     text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN merged_at timestamptz NOT NULL,
    ADD COLUMN merged_by text NOT NULL,
    ADD COLUMN undone_at timestamptz,
    ADD COLUMN undone_by text;
CREATE INDEX contact_merges_by_id ON contact_merges (space, id) WHERE id <> '';
CREATE INDEX contact_merges_by_batch ON contact_merges (space, batch) WHERE batch <> '';

-- What was split off contacts, also while the new contact is still to come.
CREATE TABLE contact_splits (
    space    text COLLATE "C" NOT NULL,
    id       text COLLATE "C" NOT NULL, -- the new contact
    of       text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    split_at timestamptz NOT NULL,
    split_by text NOT NULL,
    PRIMARY KEY (space, id, position)
);
CREATE INDEX contact_splits_by_origin ON contact_splits (space, of);
