package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

var hashTaken = regexp.MustCompile(`(,\\"at\\":\\"[^"]*\\")?,\\"chain\\":\\"[^"]*\\"}`)

// Who takes the hashes off, all or those up to some event, and then changes what happened
// and fills the tables anew from that, is found out all the same: since when events carry
// hashes is kept outside the journal (D5-6).
func TestAuditVerifyKnowsSinceWhenThereAreHashes(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	_, _, eve := s.furnish("Lab")
	s.rightly()
	s.stop(syscall.SIGTERM)
	journal := filepath.Join(s.data, "journal")
	archive := did(t, "node", "export", "--data", s.data)
	lines := strings.SplitAfter(archive, "\n")
	forged := false
	for name, up := range map[string]int{"all": len(lines), "the first": len(lines) / 2} {
		for i, line := range lines[:up] {
			line = hashTaken.ReplaceAllString(line, "}")
			if strings.Contains(line, `"contact.created"`) && strings.Contains(line, eve) {
				forged, line = true, strings.Replace(line, `\"Eve\"`, `\"Eva\"`, 1)
			}
			lines[i] = line
		}
		if err := os.RemoveAll(journal); err != nil || !forged {
			t.Fatal(forged, err)
		}
		did(t, "node", "import", "--data", s.data, written(t, "archive", strings.Join(lines, ""), 0o600))
		did(t, "rebuild", "--data", s.data)
		said, err := do(t, "audit", "verify", "--data", s.data)
		if err == nil || !strings.Contains(err.Error(), "the journal itself was altered") || !hasLine(said, "journal 0@contact-", "the event carries no hash, though") {
			t.Errorf("without %s it is said %v\n%s", name, err, said)
		}
		lines = strings.SplitAfter(archive, "\n")
	}
}

// Since when events carry hashes is said, to people and programs, and noted by the server
// at its start. While that is not known, nothing is found to be all right; the next start
// notes it, and a journal that began with hashes is not taken for one that got them late.
func TestSinceWhenEventsCarryHashes(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	s.furnish("Lab")
	if said := s.rightly(); !strings.Contains(said, "of them carry a hash, as all have to after position 0\n") {
		t.Errorf("it is said:\n%s", said)
	}
	db := s.database()
	if _, err := db.Exec(t.Context(), `UPDATE journal SET chained = NULL`); err != nil {
		t.Fatal(err)
	}
	said, err := do(t, "audit", "verify", "--data", s.data)
	if err == nil || !strings.HasSuffix(err.Error(), "1 differences: start skein serve once, which notes since when events carry hashes") ||
		!hasLine(said, "journal: it is not known since when", "") {
		t.Errorf("%v\n%s", err, said)
	}
	s.stop(syscall.SIGTERM)
	s = start(t, s.data)
	var done verified
	if err := json.Unmarshal([]byte(s.skein("audit", "verify", "--json")), &done); err != nil {
		t.Fatal(err)
	}
	if done.After == nil || done.Since == 0 || *done.After != done.Since-1 || done.Hashed != done.Events {
		t.Errorf("%+v", done)
	}
}

// What is advised fits what differs: tables are filled anew, identifiers given anew, and
// nothing is filled from a journal that was altered.
func TestAuditAdvice(t *testing.T) {
	t.Parallel()
	for where, c := range map[string]struct{ is, not string }{
		"contacts":      {"with skein rebuild contacts", "journal itself"},
		"space_usage":   {"with skein rebuild contacts", "journal itself"},
		"audit":         {"with skein rebuild audit", "contacts"},
		"suggestions":   {"with skein rebuild suggestions", "contacts"},
		"identifiers":   {"give it again", "rebuild"},
		"journal":       {"is tried again by skein rebuild,", "journal itself"},
		"audit spaces":  {"with skein rebuild audit, skein rebuild spaces", "contacts"},
		hashes:          {"fill nothing anew from it before", "skein rebuild"},
		hashes + " all": {"fill nothing anew from it before; where a table differs", "start"},
	} {
		v := verifying{house: &house{}, differ: map[string]bool{}}
		for one := range strings.FieldsSeq(strings.ReplaceAll(where, "all", "contacts identifiers")) {
			v.differ[one] = true
		}
		if said := v.advice(); !strings.Contains(said, c.is) || strings.Contains(said, c.not) {
			t.Errorf("%s: %s", where, said)
		}
	}
}
