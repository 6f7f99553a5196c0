-- Senders whose messages wait until their space has room for one more contact.
CREATE TABLE intakes (
    space   text COLLATE "C" NOT NULL,
    sender  text COLLATE "C" NOT NULL, -- a keyed hash
    waiting bigint NOT NULL,           -- messages
    since   timestamptz NOT NULL,
    PRIMARY KEY (space, sender)
);
CREATE INDEX intakes_by_since ON intakes (since);
