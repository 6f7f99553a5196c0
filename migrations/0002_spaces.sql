-- The spaces of organizations, as the overview shows them.
CREATE TABLE spaces (
    id           text PRIMARY KEY,
    organization text,
    name         text NOT NULL,
    name_folded  text COLLATE "C" NOT NULL,
    created      timestamptz NOT NULL,
    opened       boolean NOT NULL DEFAULT false,
    users        integer NOT NULL DEFAULT 0
);
CREATE INDEX spaces_by_name ON spaces (organization, left(name_folded, 200), id) WHERE opened;

-- Who is in a space.
CREATE TABLE space_users (
    space     text NOT NULL,
    user_id   text NOT NULL,
    role      text NOT NULL,
    PRIMARY KEY (space, user_id)
);
