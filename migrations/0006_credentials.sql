-- Credentials as people list them. Nothing of their secrets is here, nor a hash of one.
CREATE TABLE credentials (
    id           text PRIMARY KEY,
    organization text NOT NULL,
    holder       text NOT NULL,
    space        text, -- whose own it is; none: a user's token
    role         text, -- in its space
    label        text NOT NULL,
    created      timestamptz NOT NULL,
    expires      timestamptz,
    rotated      timestamptz,
    old_until    timestamptz, -- how long the secret before the last rotation is good
    revoked      timestamptz
);
CREATE INDEX credentials_by_holder ON credentials (organization, holder, id);
CREATE INDEX credentials_by_space ON credentials (space, id) WHERE space IS NOT NULL;

-- When each credential was last used: no part of the journal, and allowed to be a
-- minute late or lost.
CREATE TABLE credential_uses (
    credential text PRIMARY KEY,
    used       timestamptz NOT NULL
);
