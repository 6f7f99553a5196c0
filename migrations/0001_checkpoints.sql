-- How far each projection shows the journal.
CREATE TABLE checkpoints (
    projection text PRIMARY KEY,
    position   bigint NOT NULL
);

-- Events that a projection could not take in, passed over with the reason.
CREATE TABLE parked_events (
    projection text NOT NULL,
    position   bigint NOT NULL,
    stream     text NOT NULL,
    kind       text NOT NULL,
    reason     text NOT NULL,
    parked     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (projection, position)
);
