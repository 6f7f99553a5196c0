-- Contacts are found by all that they consist of: that is told anew from the journal.
TRUNCATE contact_stories, contacts, contact_merges, contact_splits, interactions, contact_spaces, inboxes, space_usage;
DELETE FROM checkpoints WHERE projection = 'contacts';
DELETE FROM parked_events WHERE projection = 'contacts';

-- Folded, one a line: a text without line breaks is in it only if it is in one of them.
-- No index serves it: one of trigrams makes writes two to three times as slow.
ALTER TABLE contacts ADD COLUMN found_by text COLLATE "C" NOT NULL;
