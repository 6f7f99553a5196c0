-- What takes more than one step and did not come to its end yet.
CREATE TABLE processes (
    space text COLLATE "C" NOT NULL,
    id    text COLLATE "C" NOT NULL,
    what  text NOT NULL,
    alive timestamptz NOT NULL, -- when somebody last told that it goes on
    PRIMARY KEY (space, id)
);
CREATE INDEX processes_by_alive ON processes (alive);
