-- What each contact's own history says of it, also of those that were merged
-- into another one.
CREATE TABLE contact_stories (
    space  text COLLATE "C" NOT NULL,
    id     text COLLATE "C" NOT NULL,
    into_id text COLLATE "C",
    story  jsonb NOT NULL,
    PRIMARY KEY (space, id)
);
CREATE INDEX contact_stories_by_survivor ON contact_stories (space, into_id) WHERE into_id IS NOT NULL;

-- The contacts people see, each told with what was merged into it.
CREATE TABLE contacts (
    space            text COLLATE "C" NOT NULL,
    id               text COLLATE "C" NOT NULL,
    name             text NOT NULL,
    name_folded      text COLLATE "C" NOT NULL,
    fields           jsonb NOT NULL,
    folded           jsonb NOT NULL,
    tags             jsonb NOT NULL,
    tags_folded      jsonb NOT NULL,
    created          timestamptz NOT NULL,
    last_interaction timestamptz,
    position         bigint NOT NULL,
    PRIMARY KEY (space, id)
);
CREATE INDEX contacts_by_name ON contacts (space, left(name_folded, 200), id); -- an index entry is bounded, a name is not
CREATE INDEX contacts_by_created ON contacts (space, created, id);
CREATE INDEX contacts_by_interaction ON contacts (space, coalesce(last_interaction, '0001-01-01 00:00:00+00'::timestamptz), id);

-- Every merge there ever was, and when it was undone.
CREATE TABLE contact_merges (
    space    text COLLATE "C" NOT NULL,
    absorbed text COLLATE "C" NOT NULL,
    survivor text COLLATE "C" NOT NULL,
    merged   bigint NOT NULL,
    undone   bigint,
    PRIMARY KEY (space, absorbed, merged)
);
CREATE INDEX contact_merges_by_survivor ON contact_merges (space, survivor);

-- What a contact can have a value of, and how many contacts there are.
CREATE TABLE contact_spaces (
    space    text PRIMARY KEY,
    state    jsonb NOT NULL,
    contacts bigint NOT NULL DEFAULT 0
);

-- Custom Inboxes, each with the number of contacts it shows.
CREATE TABLE inboxes (
    space    text NOT NULL,
    id       text NOT NULL,
    name     text NOT NULL,
    filter   jsonb NOT NULL,
    saved    timestamptz NOT NULL,
    contacts bigint NOT NULL,
    PRIMARY KEY (space, id)
);
