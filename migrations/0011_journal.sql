-- Which journal all of this is told from; see sameJournal.
CREATE TABLE journal (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    mark text NOT NULL
);
