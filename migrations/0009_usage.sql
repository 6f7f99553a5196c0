-- What organizations are billed for: by space and calendar month (UTC), for the months
-- in which something of it changed.
CREATE TABLE space_usage (
    space    text COLLATE "C" NOT NULL,
    month    date NOT NULL,
    people   bigint NOT NULL, -- standing contacts at its end
    peak     bigint NOT NULL, -- the most there were at one time
    received bigint NOT NULL DEFAULT 0,
    sent     bigint NOT NULL DEFAULT 0, -- nothing tells of sent messages yet
    PRIMARY KEY (space, month)
);

-- The same of spaces that were deleted, as their deletion tells it.
ALTER TABLE space_deletions ADD COLUMN usage jsonb NOT NULL DEFAULT '[]';
