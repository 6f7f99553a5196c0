-- Where the journal ended when a read model that showed nothing began to be told it, until
-- it is known that it needs not be told anew: it may have met an erasure in its midst.
ALTER TABLE checkpoints ADD COLUMN begun bigint;
