-- What administrators have to be able to look up: ids only. An entry stays when its
-- space is deleted, so its column is not called space.
CREATE TABLE audit (
    organization text COLLATE "C" NOT NULL,
    position     bigint NOT NULL,
    at           timestamptz NOT NULL,
    actor        text COLLATE "C" NOT NULL,
    action       text COLLATE "C" NOT NULL,
    outcome      text COLLATE "C" NOT NULL,
    in_space     text COLLATE "C" NOT NULL, -- empty: in none
    request      text NOT NULL,
    entry        jsonb NOT NULL,
    PRIMARY KEY (organization, position)
);
CREATE INDEX audit_by_actor ON audit (organization, actor, position);
CREATE INDEX audit_by_action ON audit (organization, action, position);
CREATE INDEX audit_by_space ON audit (organization, in_space, position) WHERE in_space <> '';
