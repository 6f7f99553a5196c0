package main

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What one of several processes erases none of the others tells any more, also if it has
// told it a moment ago. The event store is elsewhere: each says that it has to be
// scavenged, nobody notes that it was, and then nothing is left there (D1-14).
func TestEraseAmongSeveral(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	node, end := aside(t, "node", "run", "--folder", folder, "--listen", "127.0.0.1:0")
	target := "esdb://" + nodeAddress.FindStringSubmatch(node.String())[1]
	one := start(t, "", "--eventstore", target)
	at, err := runningIn(one.data)
	if err != nil {
		t.Fatal(err)
	}
	other := start(t, handedOn(t, filepath.Join(one.data, "keys")), "--eventstore", target, "--postgres", at.Database)
	other.token = one.token

	g := plant(one)
	g.everything()
	g.server = other
	g.erase()
	for _, each := range []*server{one, other} {
		g.server = each
		var list struct{ Erasures []struct{ Removed *string } }
		g.see(g.lab+"/erasures", g.at, &list)
		if len(list.Erasures) != 1 || list.Erasures[0].Removed != nil {
			t.Errorf("the erasures are %+v", list)
		}
		g.free(t, "an answer", g.everything())
		each.wait("scavenge every node of the event store")
	}
	g.free(t, "the database", one.tables())
	for _, each := range []*server{other, one} {
		each.stop(syscall.SIGTERM)
		g.free(t, "the log", each.said.String())
	}
	if said := did(t, "node", "scavenge", "--folder", folder); !strings.Contains(said, "events of") {
		t.Error(said)
	}
	if err := end(); err != nil {
		t.Fatal(err)
	}
	g.free(t, "the journal", string(recordsOf(t, folder)))
}
