-- An event that the database has seen, by its id, and its position: a journal that has
-- another one there is not the one all of this is told from.
ALTER TABLE journal
    ADD COLUMN position bigint NOT NULL DEFAULT 0,
    ADD COLUMN event    text   NOT NULL DEFAULT '';
