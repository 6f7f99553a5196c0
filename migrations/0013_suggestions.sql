-- What each contact's own history says of the person it is: all that likenesses are
-- told from, also of contacts that were merged into another one.
CREATE TABLE suggestion_stories (
    space   text COLLATE "C" NOT NULL,
    id      text COLLATE "C" NOT NULL,
    into_id text COLLATE "C",
    story   jsonb NOT NULL,
    PRIMARY KEY (space, id)
);

-- The same the other way round, with a key of its own: a rebuild fills tables that
-- have no other indexes yet.
CREATE TABLE suggestion_merges (
    space    text COLLATE "C" NOT NULL,
    survivor text COLLATE "C" NOT NULL,
    absorbed text COLLATE "C" NOT NULL,
    PRIMARY KEY (space, survivor, absorbed)
);

-- The contacts people see, as they are compared.
CREATE TABLE suggestion_people (
    space  text COLLATE "C" NOT NULL,
    id     text COLLATE "C" NOT NULL,
    name   text NOT NULL,
    person text NOT NULL, -- in JSON
    PRIMARY KEY (space, id)
);

-- What those who are compared have in common.
CREATE TABLE suggestion_keys (
    space text COLLATE "C" NOT NULL,
    key   bigint NOT NULL,
    id    text COLLATE "C" NOT NULL,
    PRIMARY KEY (space, key, id)
);

-- Who are known not to be one, the lower id first.
CREATE TABLE suggestion_verdicts (
    space text COLLATE "C" NOT NULL,
    a     text COLLATE "C" NOT NULL,
    b     text COLLATE "C" NOT NULL,
    PRIMARY KEY (space, a, b)
);

-- Who may be one. Each suggestion has two rows, one for each of the two.
CREATE TABLE suggestions (
    space text COLLATE "C" NOT NULL,
    id    text COLLATE "C" NOT NULL,
    other text COLLATE "C" NOT NULL,
    score integer NOT NULL, -- in tenths of a bit
    why   text NOT NULL, -- in JSON
    PRIMARY KEY (space, id, other)
);
CREATE INDEX suggestions_by_score ON suggestions (space, score DESC, id, other) WHERE id < other;

-- What contacts of a space can have a value of.
CREATE TABLE suggestion_spaces (
    space  text COLLATE "C" PRIMARY KEY,
    fields jsonb NOT NULL
);
