-- Contacts that were erased, each with all it had absorbed.
CREATE TABLE erasures (
    space     text COLLATE "C" NOT NULL,
    contact   text COLLATE "C" NOT NULL,
    members   jsonb NOT NULL, -- the ids of all that were erased
    streams   bigint NOT NULL, -- in how many histories they were
    reason    text NOT NULL,
    erased    timestamptz NOT NULL,
    erased_by text NOT NULL,
    position  bigint NOT NULL,
    removed   timestamptz, -- since when no file holds anything of them
    PRIMARY KEY (space, contact)
);
CREATE INDEX erasures_by_position ON erasures (space, position);
CREATE INDEX erasures_to_do ON erasures (position) WHERE removed IS NULL;

-- The stories of deleted contacts say no longer what they gave away, nor of which of
-- their values somebody chose. As it is only taken out of them, they need not be told anew.
UPDATE contact_stories SET story = story #- '{gave}' #- '{merge,choices}'
WHERE story ? 'deleted' AND (story ? 'gave' OR story -> 'merge' ? 'choices');
UPDATE suggestion_stories SET story = story #- '{gave}' #- '{merge,choices}'
WHERE story ? 'deleted' AND (story ? 'gave' OR story -> 'merge' ? 'choices');
