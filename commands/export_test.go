package commands

// Within is for tests.
var Within = within
