package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"skein/adapters/imapsync/dovecottest"
	"skein/adapters/postgres/postgrestest"
)

// step is a line of the README: what a reader puts in place of what stands for
// something, and what comes of it.
type step struct {
	line  string    // a part of it that no line before has
	put   []string  // pairs: what stands there, and what the reader puts there
	take  [2]string // what stands there, and how it is found in what the line before said
	says  []string  // patterns
	look  string    // what the reader then looks at, if anything
	shows []string  // patterns of that
	serve bool      // it runs until it is stopped
}

// The lines of the README work one after the other as they stand there, and do what it
// says. One that is not listed here fails the test.
func TestReadme(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	account := dovecottest.Start(t).Account(t, "support")
	cert, key := certificate(t)
	alone, _ := aside(t, "node", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--log-level", "error")
	copied := "esdb://" + nodeAddress.FindStringSubmatch(alone.String())[1]
	kept := filepath.Join(t.TempDir(), "monday")
	whole := start(t, "").data // with a journal out of which nothing was taken
	soon := time.Now().AddDate(1, 0, 0).UTC().Format(time.RFC3339)
	const noon = "2026-01-31T12:00:00Z"
	const names = `ask $API/spaces/$SPACE/contacts | grep -o '"name":"[^"]*"' | sort | tr '\n' ' '`

	walk := []step{
		{line: "export TOKEN=", put: []string{"skn_…", s.token, "http://127.0.0.1:8080/v1", s.api}},
		{line: "ask() {"},
		{line: "SPACE=$("},
		{line: "ADA=$("},
		{line: "LORD=$("},
		{
			line: "/merge -d", says: []string{`^HTTP/1.1 200`, `Journal-Position: \d+`},
			look: names, shows: []string{`^"name":"Augusta Lovelace" $`},
		},
		{line: "# one contact, with the source of each value", says: []string{`"first_name":"Augusta"`, `"last_name":"Lovelace"`, `"email":"ada@example.org"`, `"sources":{`}},
		{line: "/unmerge -d", look: names, shows: []string{`^"name":"Ada" "name":"Augusta Lovelace" $`}},
		{line: "/history", says: []string{"contact.created", "contact.merged", "contact.unmerged", `"administrator"`}},
		{line: "/merge/preview", says: []string{`"token":"`}},
		{line: `same desk`, take: [2]string{"PREVIEW", `"token":"([^"]+)"`}, look: names, shows: []string{`^"name":"Ada Lovelace" $`}},
		{line: "/undo -d", look: names, shows: []string{`^"name":"Ada" "name":"Augusta Lovelace" $`}},
		{line: "/unmerge/preview", says: []string{`"token":"`}},
		{line: "/channels -d"},
		{line: "KIT=$("},
		{line: "Hello Kit."},
		{line: "/comments -d"},
		{line: "/close -d", look: "ask $API/spaces/$SPACE/contacts/$KIT", shows: []string{`"last_channel":"whatsapp"`, `"state":"closed"`}},
		{line: "# all of it", says: []string{"Hello!", "Hello Kit.", "Prefers tea.", "answered"}},
		{line: "/identify", says: []string{`"created":true`}},
		{line: "$SPACE/suggestions", says: []string{`"suggestions":`}},
		{line: "/distinct -d"},
		{line: "/as-of?at=", put: []string{noon, soon}, says: []string{`"state":"standing"`, `"Ada"`}},
		{line: "/diff?from=", says: []string{`"not_yet"`, `"standing"`, `"Ada"`}},
		{line: "/lineage", says: []string{`"merges":\[\{`, `"undone"`}},
		{line: "/changes?after=0", says: []string{"contact.merged", "contact.unmerged"}},
		{line: "skein audit verify"},
		{line: "/contacts/tags -d", says: []string{`"matched":3,"changed":3,"unchanged":0,"failed":0`}},
		{
			line: `/mailboxes -d`, put: []string{"imap.example.org", account.Host, "993", fmt.Sprint(account.Port), `"tls"`, `"none"`, `"…"`, `"` + account.Password + `"`},
			look: "ask $API/spaces/$SPACE/mailboxes", shows: []string{`"user":"support"`},
		},
		{line: "/users/grace -d", look: "ask $API/organizations/$ORG/spaces/$SPACE", shows: []string{`"grace"`, `"manager"`}},
		{line: "/members/grace/tokens", says: []string{`"skn_`}},
		{line: "ask -i $API/organizations/$ORG/spaces/$SPACE", says: []string{`(?i)etag: "`}},
		{
			line: "ask -X PATCH", take: [2]string{"ETAG", `(?i)etag: "([^"]+)"`},
			look: "ask $API/organizations/$ORG/spaces/$SPACE", shows: []string{`"Clients"`, `"no_export":true`},
		},
		{line: "/modules/white_label", look: "ask $API/organizations/$ORG", shows: []string{`white_label`}},
		{line: "/credentials -d", put: []string{"2027-01-31T12:00:00Z", soon}, says: []string{`"skn_`}},
		{line: "# prefix, last used, expiry", says: []string{`"web shop"`, `"prefix"`, `"expires"`}},
		{line: "/rotate -d", take: [2]string{"/ID/", `"id":"([^"]+)"`}, says: []string{`"skn_`}},
		{line: "skein import", says: []string{`1 rows: 1 contacts created, 0 rows refused`}, look: names, shows: []string{`"name":"Grace"`}},
		{line: "skein replay", put: []string{noon, soon}, says: []string{"contact.created", "contact.merged", "contact.unmerged"}},
		{line: "skein rebuild", says: []string{"contacts rebuilt up to position"}},
		{line: "skein token --label", says: []string{`^skn_`}},
		{line: "skein token --revoke", take: [2]string{"TOKEN-ID", `skn_([^_]+)_`}},
		{line: "?confirm=true", look: "ask -i $API/spaces/$SPACE/contacts/$LORD", shows: []string{`^HTTP/1.1 410`}},
		{line: "/erase/preview", says: []string{`"name":"Kit Marlowe"`, `"token":"`}},
		{line: "/erase -d", take: [2]string{"PREVIEW", `"token":"([^"]+)"`}, says: []string{`^HTTP/1.1 202`}, look: "ask -i $API/spaces/$SPACE/contacts/$KIT", shows: []string{`^HTTP/1.1 410`}},
		{line: "$SPACE/erasures", says: []string{`"members":`, `"Asked for it."`, `"removed":"`}},
		{line: "ask -X DELETE", look: "ask -i $API/spaces/$SPACE/contacts", shows: []string{`^HTTP/1.1 404`}},
		{line: "/audit?outcome=refused", says: []string{`^{"`}},
		{line: "/audit/export", look: "head -n 2 audit.csv", shows: []string{"administrator"}},
		{line: "CODE=$("},
		{line: "$API/organizations -d", says: []string{`"token":"skn_`, `"user":"ada"`}},
		{line: "/export > space.zip", look: "head -c 2 space.zip", shows: []string{"^PK"}},
		{line: "skein import-space", look: "ask $API/organizations/$ORG/spaces", shows: []string{`"Customers, again"`}},
		{line: "/usage", says: []string{`"people"`}},
		{line: "/deletions", says: []string{`"deleted"`, `"administrator"`}},
		{
			line: "skein node run", serve: true, says: []string{"The event node is at esdb://USER:PASSWORD@"},
			put: []string{"node.pem", cert, "node.key", key, "users users", "users " + written(t, "users", "ada:password\n", 0o600), "0.0.0.0:2113", "127.0.0.1:0", "bin/skein", "SKEIN_DATA=" + t.TempDir() + " bin/skein"},
		},
		{
			line: "skein serve", serve: true, says: []string{"Skein is at http://", "Administrator token"},
			take: [2]string{"node.example.org:2113", `PASSWORD@(\S+)`},
			put:  []string{" bin/skein", "?tlsCAFile=" + cert + " SKEIN_LISTEN=127.0.0.1:0 SKEIN_DATA=" + postgrestest.Config(t).Dir + " bin/skein"},
		},
		{line: "skein node backup", put: []string{"/backups/monday", kept}},
		{line: "skein node verify", put: []string{"/backups/monday", kept}},
		{line: "skein node scavenge"},
		{line: "skein node export"},
		{line: "skein node copy", put: []string{"--from data", "--from " + whole, "esdb://ada:password@cluster:2113", "'" + copied + "'"}, says: []string{`\d+ events`}},
	}

	reader := &reader{t: t, home: t.TempDir(), said: &said{more: make(chan struct{})}}
	reader.sitDown(s)
	for _, line := range shellLines(t) {
		at := slices.IndexFunc(walk, func(one step) bool { return strings.Contains(line, one.line) })
		if at < 0 {
			t.Errorf("the README has a line that is not listed here: say what comes of it\n%s", line)
			continue
		}
		reader.walk(line, walk[at])
		walk = slices.Delete(walk, at, at+1)
	}
	for _, one := range walk {
		t.Errorf("the README has no line any more with %q", one.line)
	}
}

// shellLines are the lines of the README that are to be typed.
func shellLines(t *testing.T) (lines []string) {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```").FindAllStringSubmatch(string(text), -1) {
		for line := range strings.Lines(block[1]) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				lines = append(lines, line)
			}
		}
	}
	return lines
}
