// Package migrations carries the schema of the read models, one file a step.
//
// To add a step, add the file with the next number, NNNN_what_it_does.sql: numbers
// have no gaps, a step that has run anywhere is never edited, and there is no way back.
//
// Each step runs in a transaction of its own, unless it has the line
// "---- tern: disable-tx ----" (for CREATE INDEX CONCURRENTLY, say).
// Two braces that open begin a template: in SQL they are written {{"{{"}}.
package migrations

import "embed"

// Files are the steps, in the order of their numbers.
//
//go:embed *.sql
var Files embed.FS
