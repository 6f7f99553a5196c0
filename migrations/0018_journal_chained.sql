-- The position after which every event of the journal carries a hash. It is kept here
-- because whoever has the journal can take hashes off; see noteChained.
ALTER TABLE journal ADD COLUMN chained bigint;
