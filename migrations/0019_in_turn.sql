-- What waits or is unfinished is listed by space, so that no space holds up another one.
DROP INDEX intakes_by_since;
CREATE INDEX intakes_in_turn ON intakes (space, since, sender);
DROP INDEX processes_by_alive;
