package httpapi

// For tests.
var Notings = notings

// MaxAttempts is for tests.
const MaxAttempts = maxAttempts
