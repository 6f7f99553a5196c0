-- What administrators have to be able to look up.
SELECT;
