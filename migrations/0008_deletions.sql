-- Spaces that were deleted, as administrators look them up.
CREATE TABLE space_deletions (
    id           text COLLATE "C" PRIMARY KEY,
    organization text NOT NULL,
    deleted_by   text NOT NULL,
    deleted      timestamptz NOT NULL,
    position     bigint NOT NULL,
    destroyed    timestamptz, -- since when nothing is left of it
    streams      bigint
);
CREATE INDEX space_deletions_by_position ON space_deletions (organization, position);
CREATE INDEX space_deletions_to_do ON space_deletions (position) WHERE destroyed IS NULL;

-- How far the destruction of a space is: no part of the journal, and allowed to be late.
CREATE TABLE space_destructions (
    id      text COLLATE "C" PRIMARY KEY,
    streams bigint NOT NULL
);

-- The deleted spaces that each projection knows of, so that nothing of them comes
-- back. It is filled with the projection's own tables.
CREATE TABLE deleted_spaces (
    projection text NOT NULL,
    id         text COLLATE "C" NOT NULL,
    PRIMARY KEY (projection, id)
);
